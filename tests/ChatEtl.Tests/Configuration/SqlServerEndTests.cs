using ChatEtl.Configuration;
using NJsonSchema;
using Xunit;

namespace ChatEtl.Tests.Configuration;

public sealed class SqlServerEndTests : IDisposable
{
    private const string Both = """
        {
          "source": { "kind": "sqlServer", "server": "SQL01\\RTC", "database": "mgc" },
          "destination": { "kind": "sqlServer", "server": "sql02.example.com,1433", "database": "mgc" }
        }
        """;

    private readonly ConfigurationFile _file = new(Both);

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Server_and_database_are_enough_and_the_rest_is_integrated_encrypted_and_checked()
    {
        var options = _file.Load();

        Assert.Equal((EndKind.SqlServer, @"SQL01\RTC", "mgc"), (options.Source.Kind, options.Source.Server, options.Source.Database));
        Assert.Equal((null, null), (options.Source.User, options.Source.Password));
        Assert.Equal((true, false, true), (options.Source.Encrypt, options.Source.TrustServerCertificate, options.Source.ReadOnlyIntent));
        Assert.Equal((30.0, 600.0, 60.0), (options.Source.ConnectTimeout.TotalSeconds, options.Source.CommandTimeout.TotalSeconds, options.Source.LockTimeout.TotalSeconds));
        Assert.Equal((LoadHint.Auto, LoadHint.Auto, false), (options.Destination.TableLock, options.Destination.OrderHint, options.Destination.AllowLive));
        Assert.Equal("SQL Server sql02.example.com,1433, database mgc", options.Destination.ToString());
    }

    [Fact]
    public async Task Every_option_of_the_product_is_read()
    {
        var text = """
            {
              "source": {
                "kind": "sqlServer", "server": "SQL01", "database": "mgc", "user": "reader", "password": "${env:PASSWORD}", "encrypt": false,
                "trustServerCertificate": true, "connectTimeout": 5, "commandTimeout": 7200, "lockTimeout": 3, "readOnlyIntent": false, "sample": null
              },
              "destination": {
                "kind": "sqlServer", "server": "SQL02", "database": "mgc", "create": true, "tableLock": "on", "orderHint": "off", "allowLive": true
              }
            }
            """;
        await File.WriteAllTextAsync(_file.File, text, TestContext.Current.CancellationToken);
        _file.Variables["PASSWORD"] = "hunter2";

        var options = _file.Load();

        Assert.Equal(("reader", "hunter2"), (options.Source.User, options.Source.Password));
        Assert.Equal((false, true, false), (options.Source.Encrypt, options.Source.TrustServerCertificate, options.Source.ReadOnlyIntent));
        Assert.Equal((5.0, 7200.0, 3.0), (options.Source.ConnectTimeout.TotalSeconds, options.Source.CommandTimeout.TotalSeconds, options.Source.LockTimeout.TotalSeconds));
        Assert.Equal((LoadHint.On, LoadHint.Off, true), (options.Destination.TableLock, options.Destination.OrderHint, options.Destination.AllowLive));
        Assert.Empty((await JsonSchema.FromJsonAsync(OptionSchema.Render())).Validate(text.Replace(", \"sample\": null", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_missing_or_of_the_other_product_is_named_with_its_path_all_at_once()
    {
        File.WriteAllText(
            _file.File,
            """
            {
              "source": { "kind": "sqlServer", "path": "a.db", "sample": { "rooms": 3 }, "encrypt": "yes", "password": "${env:NONE}" },
              "destination": { "server": "SQL02", "database": "mgc", "tableLock": "on" }
            }
            """);

        Assert.Equal(
            [
                "$.source.path: is for source.kind \"sqlite\"; leave it out",
                "$.source.server: missing; expected text, not blank",
                "$.source.database: missing; expected text, not blank, at most 128 characters",
                "$.source.password: the environment variable NONE is not set",
                "$.source.encrypt: expected true or false, found \"yes\"",
                "$.source.sample: is for source.kind \"sqlite\"; leave it out",
                "$.destination.path: missing; expected the path of a file",
                "$.destination.server: is for destination.kind \"sqlServer\"; leave it out",
                "$.destination.database: is for destination.kind \"sqlServer\"; leave it out",
                "$.destination.tableLock: is for destination.kind \"sqlServer\"; leave it out",
            ],
            _file.Problems());
    }

    [Fact]
    public void A_kind_that_is_no_kind_is_the_only_problem()
    {
        Assert.Equal(
            ["$.source.kind: expected one of \"sqlite\", \"sqlServer\", found \"oracle\""],
            _file.Problems("source.kind=oracle"));
    }

    [Theory]
    [InlineData("source.user=reader", "$.source.password: missing; a user needs one, expected \"${env:NAME}\": a secret comes from the environment")]
    [InlineData("destination.password=${env:PASSWORD}", "$.destination.user: missing; a password needs one, and Windows integrated security needs neither")]
    [InlineData("source.password=hunter2", "$.source.password: expected \"${env:NAME}\": a secret comes from the environment; a plain value is refused")]
    [InlineData("source.server=SQL01;Password=hunter2", "$.source.server: expected a server with its instance or port, found a connection string or part of one")]
    [InlineData("source.server= ", "$.source.server: expected text, not blank, found \" \"")]
    [InlineData("source.connectTimeout=0", "$.source.connectTimeout: expected a whole number from 1 to 3600 (s), found 0")]
    [InlineData("destination.orderHint=yes", "$.destination.orderHint: expected one of \"auto\", \"on\", \"off\", found \"yes\"")]
    [InlineData("destination.readOnlyIntent=true", "$.destination.readOnlyIntent: unknown option in --set")]
    public void A_wrong_value_is_refused(string setting, string problem)
    {
        _file.Variables["PASSWORD"] = "hunter2";

        Assert.Equal([problem], _file.Problems(setting));
    }

    [Theory]
    [InlineData("SQL01", "sql01")]
    [InlineData(@"SQL01\RTC", @"tcp:sql01\rtc")]
    [InlineData("sql01.example.com,1433", "SQL01.example.com")]
    [InlineData("localhost", ".")]
    [InlineData(@"(local)\RTC", @"127.0.0.1\RTC")]
    public void The_same_database_at_both_ends_is_refused(string source, string destination)
    {
        Assert.Equal(
            ["$.destination.database: is the same database as source.database, on the same server"],
            _file.Problems("source.server=" + source, "destination.server=" + destination, "destination.database=MGC"));
    }

    [Fact]
    public void Another_database_or_instance_is_another_one()
    {
        Assert.Equal("mgc2013", _file.Load(@"destination.server=SQL01\RTC", "destination.database=mgc2013").Destination.Database);
        Assert.Equal("SQL01", _file.Load("destination.server=SQL01").Destination.Server);
    }

    [Fact]
    public void To_rehearse_the_command_line_puts_another_product_at_an_end_and_what_the_file_says_of_the_first_has_no_effect()
    {
        var options = _file.Load("destination.kind=sqlite", "destination.path=rehearsal.db");

        Assert.Equal((EndKind.SqlServer, EndKind.Sqlite), (options.Source.Kind, options.Destination.Kind));
        Assert.Equal(Path.Combine(_file.Folder, "rehearsal.db"), options.Destination.Path);
        Assert.Equal(
            ["$.destination.server: is for destination.kind \"sqlServer\"; leave it out"],
            _file.Problems("destination.kind=sqlite", "destination.path=rehearsal.db", "destination.server=SQL03"));
    }

    [Fact]
    public void A_report_is_not_mistaken_for_the_file_that_a_server_does_not_have()
    {
        Assert.Equal(Path.Combine(_file.Folder, "report.json"), _file.Load("report.path=report.json").Report.Path);
    }
}
