using System.Text.RegularExpressions;
using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.SqlServer;

public sealed partial class GrantScriptsTests
{
    [Fact]
    public void The_destination_may_write_the_tables_that_a_migration_writes_and_no_others()
    {
        string[] written =
        [
            "tblChat", "tblLastChatId", "tblLastInviteId", "tblNode", "tblPreference", "tblPrincipal", "tblPrincipalAffiliations", "tblPrincipalInvites",
            "tblPrincipalRole", "tblScopePrincipal", "tblSiopWhiteList", "tblSystemRevision",
        ];

        var granted = TableName().Matches(File.ReadAllText(Repository.PathOf("docs", "grants-destination.sql"))).Select(match => match.Groups["name"].Value).ToList();

        Assert.Equal(written, granted.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(granted, name => Assert.Contains(ChatSchema.Persistent.Tables, table => table.Name == name));
    }

    [Fact]
    public void The_source_is_only_read()
    {
        var script = File.ReadAllText(Repository.PathOf("docs", "grants-source.sql"));

        Assert.Equal("GRANT SELECT ON SCHEMA::dbo TO chatetl_source;", Assert.Single(script.Split('\n'), line => line.StartsWith("GRANT", StringComparison.Ordinal)).TrimEnd('\r'));
    }

    [GeneratedRegex(@"^GRANT .* ON dbo\.(?<name>\w+) TO", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TableName();
}
