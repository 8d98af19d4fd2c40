using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Planning;

/// <summary>What people call the rows of a directory, by table and key.</summary>
internal sealed class RowNames(ChatDirectory directory)
{
    private readonly Dictionary<int, string> _nodes = directory.Nodes.DistinctBy(node => node.Id).ToDictionary(node => node.Id, node => node.Name);
    private readonly Dictionary<int, string> _principals =
        directory.Principals.DistinctBy(row => row.Id).ToDictionary(row => row.Id, row => row.DisplayName ?? row.Name ?? row.Uri);

    private readonly Dictionary<string, string> _addIns = directory.AddIns.DistinctBy(row => row.Id).ToDictionary(row => Cells.FormatGuid(row.Id), row => row.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of a row, or of the node or principal that begins its key; empty when there is none.</summary>
    public string Of(string table, string key)
    {
        var first = key.Split('/')[0];
        var id = int.TryParse(first, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        return table switch
        {
            "tblNode" or "tblPrincipalRole" or "tblScopePrincipal" => id is { } node ? _nodes.GetValueOrDefault(node, "") : "",
            "tblPrincipal" or "tblPrincipalAffiliations" => id is { } principal ? _principals.GetValueOrDefault(principal, "") : "",
            "tblSiopWhiteList" => _addIns.GetValueOrDefault(key, ""),
            _ => "",
        };
    }

    /// <summary>Whether the state of a table is kept by what its rows belong to.</summary>
    public static bool IsSet(string table) => SetOf(table).Length > 0;

    /// <summary>What belongs to the node or principal of such a table.</summary>
    public static string SetOf(string table) => table switch
    {
        "tblPrincipalRole" => "roles",
        "tblScopePrincipal" => "scope",
        "tblPrincipalAffiliations" => "affiliations",
        _ => "",
    };
}
