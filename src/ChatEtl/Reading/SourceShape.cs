using ChatEtl.Chat;

namespace ChatEtl.Reading;

/// <summary>What generation a source is and where it departs from the documents.</summary>
/// <param name="Generation">As detected, or as configured.</param>
/// <param name="Shape">The tables and columns found.</param>
/// <param name="Findings">Missing required tables and columns as errors, unknown ones as information.</param>
public sealed record SourceShape(Generation Generation, DatabaseShape Shape, IReadOnlyList<Finding> Findings)
{
    private static readonly string[] RequiredTables = ["tblNode", "tblPrincipal", "tblPrincipalRole", "tblChat"];

    /// <summary>Tables that may not lack a required column: without its key no role could be told, and a scope that is not read limits nobody.</summary>
    private static readonly string[] TablesWithRequiredColumns = [.. RequiredTables, "tblRoleType", "tblScopePrincipal"];

    /// <summary>The documented tables of the generation's family.</summary>
    public ChatSchema Schema => ChatSchema.Of(Generation);

    /// <summary>Finds the generation by its shape, as rules.md tells in "How the schemas look in SQLite".</summary>
    /// <param name="shape">The tables and columns found.</param>
    /// <param name="configured">The configured generation, which overrides the guess; null for auto.</param>
    public static SourceShape Detect(DatabaseShape shape, Generation? configured)
    {
        var findings = new List<Finding>();
        if (!shape.Has("tblNode") && !shape.Has("tblChat"))
        {
            findings.Add(Error("", "This is not a chat database: it has neither tblNode nor tblChat. Check the path or the database's name."));
            return new(configured ?? Generation.Lync2010, shape, findings);
        }

        var generation = configured ?? Guess(shape, findings);
        var schema = ChatSchema.Of(generation);
        foreach (var name in RequiredTables.Where(name => !shape.Has(name)))
        {
            findings.Add(Error(name, $"The required table {name} is missing."));
        }

        foreach (var table in schema.Tables.Where(table => shape.Has(table.Name)))
        {
            findings.AddRange(table.Columns
                .Where(column => column.Required && TablesWithRequiredColumns.Contains(table.Name, StringComparer.Ordinal) && !shape.Has(table.Name, column.Name))
                .Select(column => Error(table.Name, $"The required column {table.Name}.{column.Name} is missing.")));
            findings.AddRange(shape.Tables[table.Name]
                .Where(column => table.Ordinal(column) < 0)
                .Select(column => new Finding(
                    "T27", Severity.Information, table.Name, "", $"The column {table.Name}.{column} is not documented and is not carried.")));
        }

        if (!shape.Has("tblRoleType"))
        {
            findings.Add(Error("tblRoleType", "The required table tblRoleType is missing: without it no role can be told from another (T18)."));
        }

        return new(generation, shape, findings);
    }

    private static Generation Guess(DatabaseShape shape, List<Finding> findings)
    {
        var markers = new[] { shape.Has("tblChat", "rtf"), shape.Has("tblScopePrincipal", "scopeIsDenied") };
        var legacy = shape.Has("tblNode", "topic") || shape.Has("tblNode", "scopeDefinerId");
        if (markers.Any(found => found) && (legacy || !markers.All(found => found)))
        {
            findings.Add(Error(
                "",
                "The generation cannot be told: tblChat.rtf and tblScopePrincipal.scopeIsDenied mean 2013, tblNode.topic and tblNode.scopeDefinerId "
                + "the legacy family, and this database has a mixture. Set source.generation."));
        }

        if (markers.All(found => found))
        {
            return Generation.Lync2013;
        }

        var complete = ChatSchema.Legacy.Tables
            .Where(table => RequiredTables.Contains(table.Name, StringComparer.Ordinal) || table.Name is "tblScopePrincipal" or "tblRoleType" or "tblPrincipalType")
            .All(table => table.Columns.All(column => shape.Has(table.Name, column.Name)));
        return complete ? Generation.Lync2010 : Generation.OcsR2;
    }

    private static Finding Error(string table, string message) => new("B2", Severity.Error, table, "", message);
}
