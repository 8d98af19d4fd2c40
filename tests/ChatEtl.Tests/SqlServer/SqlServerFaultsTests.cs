using ChatEtl.Faults;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using Microsoft.Data.SqlClient;
using Xunit;

namespace ChatEtl.Tests.SqlServer;

public sealed class SqlServerFaultsTests
{
    private const string Marker = "hunter2";

    [Fact]
    public void No_number_is_in_the_list_twice()
    {
        var numbers = SqlServerFaults.All.SelectMany(fault => fault.Numbers).ToList();

        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public void The_page_on_SQL_Server_has_the_error_numbers_as_the_program_knows_them()
    {
        var rows = SqlServerFaults.All.GroupBy(fault => (fault.Effect, fault.Sentence)).Select(group =>
            $"| {string.Join(", ", group.SelectMany(fault => fault.Numbers).Order())} | {group.Key.Sentence.Replace("|", "\\|", StringComparison.Ordinal)} | {Effect(group.Key.Effect)} |\n");

        Assert.True(Approved.Between(
            Repository.PathOf("docs", "sqlserver.md"),
            "<!-- faults:begin -->",
            "<!-- faults:end -->",
            "| Error | Meaning | What the run does |\n| --- | --- | --- |\n" + string.Concat(rows)));

        static string Effect(FaultEffect effect) => effect switch
        {
            FaultEffect.Retry => "tries again (`retry.attempts`)",
            FaultEffect.Wait => "waits (`retry.patience`)",
            FaultEffect.Reject => "rejects the row; the rest of its batch goes in",
            _ => "ends",
        };
    }

    [Theory]
    [InlineData(2627)]
    [InlineData(2601)]
    [InlineData(2628)]
    [InlineData(8152)]
    [InlineData(220)]
    [InlineData(232)]
    [InlineData(244)]
    [InlineData(245)]
    [InlineData(248)]
    [InlineData(241)]
    [InlineData(242)]
    [InlineData(295)]
    [InlineData(8114)]
    [InlineData(8115)]
    [InlineData(8169)]
    [InlineData(547)]
    [InlineData(515)]
    [InlineData(1505)]
    [InlineData(4815)]
    [InlineData(4863)]
    [InlineData(4864)]
    [InlineData(50000)]
    [InlineData(33557097)]
    public void What_a_row_holds_is_not_told_although_the_server_quotes_it(int number)
    {
        var sentence = SqlServerFaults.Explain([(number, $"The value is ({Marker})."), (3621, "The statement has been terminated.")]);

        Assert.DoesNotContain(Marker, sentence, StringComparison.Ordinal);
        Assert.Contains($"(error {number})", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(229, "The SELECT permission was denied on the object 'tblChat', database 'mgc', schema 'dbo'.")]
    [InlineData(262, "CREATE TABLE permission denied in database 'mgc'.")]
    [InlineData(208, "Invalid object name 'dbo.tblChat'.")]
    [InlineData(102, "Incorrect syntax near 'x'.")]
    public void Which_right_on_which_object_is_told_in_the_words_of_the_server(int number, string message)
    {
        var sentence = SqlServerFaults.Explain([(number, message)]);

        Assert.EndsWith($"SQL Server says: {message.TrimEnd('.')} (error {number}).", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_bulk_load_says_of_a_value_is_not_told()
    {
        var fault = new InvalidOperationException($"The given value '{Marker}' of type String from the data source cannot be converted to type int.");

        Assert.DoesNotContain(Marker, SqlServerFaults.Explain(fault), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1,1")]
    [InlineData(@"127.0.0.1\NONE")]
    [InlineData("no-such-host.invalid")]
    public void A_server_that_is_not_there_is_named_as_such_and_waited_for(string server)
    {
        var end = new SqlServerEnd { Server = server, Database = "mgc", User = "someone", Password = Marker, ConnectTimeout = TimeSpan.FromSeconds(10) };

        var fault = Assert.Throws<SqlException>(() => SqlServerDatabase.OpenForWriting(end).Dispose());

        Assert.Contains("No SQL Server answers at this address.", SqlServerFaults.Explain(fault), StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, fault.ToString(), StringComparison.Ordinal);
        Assert.Equal(Remedy.Wait, SqlServerFaults.RemedyFor(fault));
    }

    [Fact]
    public void A_certificate_that_is_not_trusted_is_named_as_such_and_not_tried_again()
    {
        using var database = new TempSqlServerDatabase();
        Assert.SkipUnless(database.End is { TrustServerCertificate: true, Encrypt: true }, "The server's certificate is trusted here.");

        var fault = Assert.Throws<SqlException>(() => SqlServerDatabase.OpenForWriting(database.End with { TrustServerCertificate = false }).Dispose());

        Assert.StartsWith("The server's certificate is not trusted", SqlServerFaults.Explain(fault), StringComparison.Ordinal);
        Assert.Equal(Remedy.None, SqlServerFaults.RemedyFor(fault));
    }

    [Fact]
    public void A_wrong_password_is_named_as_such()
    {
        using var database = new TempSqlServerDatabase();
        Assert.SkipWhen(database.End.User is null, "The server is reached without a password.");

        var fault = Assert.Throws<SqlException>(() => SqlServerDatabase.OpenForWriting(database.End with { Password = Marker }).Dispose());

        Assert.Equal("The login was refused. Check user and password, or that this account may log in. (error 18456)", SqlServerFaults.Explain(fault));
        Assert.Equal(Remedy.None, SqlServerFaults.RemedyFor(fault));
    }
}
