using ChatEtl.Chat;
using ChatEtl.Faults;
using Xunit;

namespace ChatEtl.Tests.Faults;

public sealed class ChatEtlExceptionTests
{
    private static readonly IOException Cause = new("the disk is full");

    public static TheoryData<ChatEtlException, int> Family => new()
    {
        { new ConfigurationException([new("$.a", "bad")]), 2 },
        { new PlanException([new Finding("T4", Severity.Error, "tblNode", "7", "equal names")]), 2 },
        { new ResumeRefusedException([new("rules", "a", "b")]), 2 },
        { new TakenOverException(3, 4), 2 },
        { new SourceException("tblChat", "5/9", 9, Cause), 3 },
        { new DestinationException("tblChat", "5/9", "5/12", 9, Cause), 4 },
        { new TooManyRejectionsException(10_001, 10_000), 5 },
        { TooManyRejectionsException.OfShare(1_250, 10_000, 10), 5 },
        { new ReplayRefusedException("A pass is open."), 2 },
    };

    [Theory]
    [MemberData(nameof(Family), DisableDiscoveryEnumeration = true)]
    public void Each_has_its_exit_code_and_says_what_stands_and_what_to_do(ChatEtlException fault, int exitCode)
    {
        Assert.Equal(exitCode, fault.ExitCode);
        Assert.NotEmpty(fault.Message);
        Assert.Matches("(stands?|Nothing was)", fault.Hint);
        Assert.EndsWith(".", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_fault_names_table_place_and_attempts()
    {
        var inside = new SourceException("tblChat", "5/9", 9, Cause);
        var atStart = new SourceException("tblChat", null, 1, Cause);

        Assert.Equal("Reading tblChat after key 5/9 failed after 9 attempts: the disk is full", inside.Message);
        Assert.Equal("Reading tblChat from its start failed after 1 attempt: the disk is full", atStart.Message);
        Assert.Same(Cause, inside.InnerException);
    }

    [Fact]
    public void A_destination_fault_names_table_keys_and_attempts()
    {
        Assert.Equal(
            "Writing tblChat keys 5/9 to 5/12 failed after 9 attempts: the disk is full",
            new DestinationException("tblChat", "5/9", "5/12", 9, Cause).Message);
        Assert.Equal(
            "Writing tblChat key 5/9 failed after 1 attempt: the disk is full",
            new DestinationException("tblChat", "5/9", "5/9", 1, Cause).Message);
        Assert.Equal(
            "Writing tblNode failed after 1 attempt: the disk is full", new DestinationException("tblNode", null, null, 1, Cause).Message);
    }

    [Fact]
    public void A_refused_plan_lists_rule_row_and_message_of_each_error()
    {
        var fault = new PlanException(
        [
            new Finding("T4", Severity.Error, "tblNode", "7", "equal names"),
            new Finding("T17", Severity.Error, "", "", "directory data is missing"),
        ]);

        Assert.Equal("2 errors in the plan:\n  T4 tblNode 7: equal names\n  T17: directory data is missing", fault.Message);
        Assert.Equal(2, fault.Errors.Count);
    }

    [Fact]
    public void A_refused_resume_names_each_part_that_differs()
    {
        var fault = new ResumeRefusedException([new("generation", "2010", "2007R2")]);

        Assert.Equal("1 part differs from the run to be resumed:\n  generation: was 2010, is now 2007R2", fault.Message);
    }

    [Fact]
    public void A_fenced_off_run_names_both_epochs()
    {
        Assert.Equal("Another run (epoch 4) has taken over the destination from this one (epoch 3).", new TakenOverException(3, 4).Message);
    }

    [Fact]
    public void Too_many_rejections_state_count_and_limit()
    {
        Assert.Equal(
            "10001 rows are rejected; pipeline.maxRejections allows 10000.", new TooManyRejectionsException(10_001, 10_000).Message);
        Assert.Equal(
            "1250 of 10000 rows read are rejected, 12.5 %; pipeline.maxRejectionShare allows 10 %.", TooManyRejectionsException.OfShare(1_250, 10_000, 10).Message);
    }
}
