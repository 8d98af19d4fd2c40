using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using ChatEtl.Transforming;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class B01BooksTests
{
    private static readonly string[] Tables = ["tblPrincipal", "tblNode", "tblPrincipalRole", "tblScopePrincipal", "tblSiopWhiteList"];

    [Fact]
    public void Every_book_balances_and_a_second_pass_wants_the_same_for_directories_by_chance()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new RandomDirectories(seed);
            var (source, there) = (random.Source.Build(), random.Destination.Build());
            var plan = DirectoryRules.Plan(source, there, random.Rules, Decisions.None, Plans.NoMessages);

            CheckBooks(plan, source, seed);
            if (!plan.HasErrors)
            {
                var again = DirectoryRules.Plan(source, plan.Written(there), random.Rules, plan.Decisions, Plans.NoMessages);
                Assert.True(!again.HasErrors, $"seed {seed}: {string.Join(' ', again.Findings.Take(1))}");
                CheckSame(plan, again, seed);
            }
        }
    }

    [Fact]
    public void Rows_read_count_even_those_that_could_not_be_read()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Unreadable("tblPrincipalRole", "3/5/1").Unreadable("tblprincipalrole", "3/6/1").RowsRead("tblPrincipalRole", 2));

        Assert.Equal((2, 2), (plan.Book("tblPrincipalRole").Read, plan.Book("tblPrincipalRole").Rejected));
        Assert.Equal(2, plan.Rejections.Count);
    }

    private static void CheckBooks(DirectoryPlan plan, ChatDirectory source, int seed)
    {
        foreach (var table in Tables)
        {
            Assert.True(plan.Book(table).Balances, $"seed {seed}: {table} does not balance");
        }

        Assert.Equal(source.Roles.Count, plan.Book("tblPrincipalRole").Read);
        Assert.Equal(plan.Rejections.Count, plan.Books.Values.Sum(b => b.Rejected));
        var roles = plan.RoleNodes.Sum(n => plan.RolesOf(n).Count);
        Assert.True((plan.Book("tblPrincipalRole").Written > 0) == (roles > 0), $"seed {seed}: {roles} roles wanted");
    }

    private static void CheckSame(DirectoryPlan plan, DirectoryPlan again, int seed)
    {
        var same = plan.Nodes.SequenceEqual(again.Nodes) && plan.Principals.SequenceEqual(again.Principals) && plan.Scopes.SequenceEqual(again.Scopes)
            && plan.RoleNodes.SequenceEqual(again.RoleNodes) && plan.RoleNodes.All(n => plan.RolesOf(n).SequenceEqual(again.RolesOf(n)));
        Assert.True(same, $"seed {seed}: the second pass wants other rows");
        Assert.Equal(plan.Decisions.Nodes.OrderBy(d => d.Key), again.Decisions.Nodes.OrderBy(d => d.Key));
        Assert.Equal(plan.Decisions.Principals.OrderBy(d => d.Key), again.Decisions.Principals.OrderBy(d => d.Key));
    }
}
