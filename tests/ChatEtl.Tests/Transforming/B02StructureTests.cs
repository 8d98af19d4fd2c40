using ChatEtl.Chat;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Transforming;

public class B02StructureTests
{
    [Fact]
    public void A_sound_tree_has_no_faults() => Assert.False(Plans.Of(DirectoryBuilder.Legacy().Category(2, "A").Room(3, "R", 2)).HasErrors);

    [Fact]
    public void A_cycle_is_listed_node_by_node()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A", 4).Category(3, "B", 2).Category(4, "C", 3).Room(5, "R", 4));

        Assert.Equal(["B2 Error 2", "B2 Error 3", "B2 Error 4"], plan.Said());
    }

    [Fact]
    public void A_parent_that_does_not_exist_is_listed() =>
        Assert.Equal(["B2 Error 2"], Plans.Of(DirectoryBuilder.Legacy().Category(2, "A", 99)).Said());

    [Fact]
    public void A_missing_parentID_is_listed() =>
        Assert.Equal(["B2 Error 2"], Plans.Of(DirectoryBuilder.Legacy().Category(2, "A", 1, n => n with { Parent = null })).Said());

    [Fact]
    public void A_room_as_parent_is_listed() =>
        Assert.Equal(["B2 Error 3"], Plans.Of(DirectoryBuilder.Legacy().Room(2, "R").Room(3, "S", 2)).Said());

    [Fact]
    public void Both_of_two_roots_are_listed() =>
        Assert.Equal(["B2 Error 1", "B2 Error 2"], Plans.Of(DirectoryBuilder.Legacy().Category(2, "A", 2)).Said());

    [Fact]
    public void No_root_at_all_is_a_fault() => Assert.True(Plans.Of(DirectoryBuilder.Legacy().RemoveNode(1)).Says("B2 Error"));

    [Fact]
    public void Repeated_ids_are_listed()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().People(7, 7).Category(2, "A").Category(2, "B"));

        Assert.Equal([("tblPrincipal", "7"), ("tblNode", "2")], plan.Findings.Select(f => (f.Table, f.Key)));
    }

    [Fact]
    public void All_faults_are_listed_together_with_those_of_the_reader()
    {
        var plan = Plans.Of(DirectoryBuilder.Legacy().Category(2, "A", 99).Category(3, "B", 1, n => n with { Parent = null }).Problem("tblPrincipal", "5"));

        Assert.Equal(3, plan.Findings.Count(f => f is { Rule: "B2", Severity: Severity.Error }));
        Assert.True(plan.HasErrors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void The_destination_needs_exactly_one_root(int roots)
    {
        var there = roots == 0 ? DirectoryBuilder.Destination().RemoveNode(1) : DirectoryBuilder.Destination().Category(2, "A", 2);

        Assert.Equal(["B2 Error"], Plans.Of(DirectoryBuilder.Legacy(), destination: there).Said());
    }

    [Fact]
    public void Roles_and_scope_rows_on_missing_nodes_or_principals_are_rejected_and_the_run_goes_on()
    {
        var source = DirectoryBuilder.Legacy().People(5).Category(2, "A").Room(3, "R", 2)
            .Members(3, 5, 77).Members(99, 5).Scope(2, 5, 78).Scope(99, 5);

        var plan = Plans.Of(source);

        Assert.False(plan.HasErrors);
        Assert.Equal(["2/78", "3/77/1", "99/5", "99/5/1"], plan.RejectedKeys());
        Assert.Equal((3, 1, 2), (plan.Book("tblPrincipalRole").Read, plan.Book("tblPrincipalRole").Written, plan.Book("tblPrincipalRole").Rejected));
        Assert.Equal(
            """{"prinRoleNodeID":3,"prinRolePrinID":77,"prinRoleTypeID":1,"prinRoleUpdatedBy":null}""",
            plan.Rejections.Single(r => r.Key == "3/77/1").Values);
    }
}
