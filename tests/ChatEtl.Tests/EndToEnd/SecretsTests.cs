using System.Text;
using System.Text.Json.Nodes;
using ChatEtl.Faults;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>Neither a password, nor what people wrote, nor the environment leaves the databases: not on a terminal, not in a report, not in any file.</summary>
[Collection(ProgramTests.Name)]
public sealed class SecretsTests : IDisposable
{
    private const string Password = "Pw-marker-3f9c";
    private const string Text = "text-marker-71d2";
    private const string Other = "environment-marker-a04e";

    private readonly Workplace _place = new("legacy.db");
    private readonly StringBuilder _said = new();

    public SecretsTests()
    {
        _place.Variables["CHATETL_TEST_PASSWORD"] = Password;
        _place.Variables["CHATETL_TEST_OTHER"] = Other;
    }

    [Fact]
    public async Task Texts_of_messages_stay_in_the_databases_whether_carried_rejected_or_different()
    {
        _place.Sample("legacy.db", faults: true);
        Workplace.Execute(_place.File("legacy.db"), $"UPDATE tblChat SET content = '{Text} ' || content WHERE typeof(content) = 'text'");
        string[] settings = ["--set", "report.path=report.json", "--set", "report.html=report.html", "--set", "rules.longNames=shorten", "--set", "rules.nameCollisions=rename"];

        await Say(["migrate", .. settings]);
        await Say(["migrate", "--json", .. settings]);
        Workplace.Execute(_place.Destination, $"UPDATE tblChat SET content = content || ' {Text}' WHERE chatId % 3 = 0");
        Workplace.Execute(_place.Destination, $"DELETE FROM tblChat WHERE chatId % 7 = 0");
        await Say(["compare", .. settings], ExitCodes.SidesDiffer);
        await Say(["compare", "--json", .. settings], ExitCodes.SidesDiffer);
        await Say(["status", .. settings]);
        await Say(["finish", .. settings], ExitCodes.TooManyRejections);

        Assert.True(File.Exists(_place.File("report.json")) && File.Exists(_place.File("report.html")));
        NothingIsTold();
    }

    [Theory]
    [InlineData("source", ExitCodes.Source)]
    [InlineData("destination", ExitCodes.Destination)]
    public async Task A_server_that_is_not_there_is_named_and_the_password_is_not(string end, int exitCode)
    {
        if (end == "destination")
        {
            _place.Sample("legacy.db");
        }
        else
        {
            await _place.RunAsync(0, "provision", "persistent.db");
        }

        Configure(end, new JsonObject { ["server"] = "127.0.0.1,1", ["database"] = "mgc", ["user"] = "someone", ["password"] = "${env:CHATETL_TEST_PASSWORD}" });

        foreach (var command in end == "source" ? new[] { "migrate", "compare" } : ["migrate", "compare", "status", "finish", "provision"])
        {
            var outcome = await Say([command], exitCode);
            Assert.Contains("No SQL Server answers at this address.", outcome.Error, StringComparison.Ordinal);
            Assert.Contains("SQL Server 127.0.0.1,1, database mgc", outcome.Error, StringComparison.Ordinal);
        }

        NothingIsTold();
    }

    [Fact]
    public async Task A_file_is_not_made_for_a_source_that_is_not_there()
    {
        Configure("source", new JsonObject { ["server"] = "127.0.0.1,1", ["database"] = "mgc" });

        await Say(["migrate"], ExitCodes.Source);

        Assert.False(File.Exists(_place.Destination));
    }

    [Theory]
    [InlineData("source.password=" + Password)]
    [InlineData("source.password \"" + Password)]
    [InlineData("source.server=Server=SQL01;Password=" + Password)]
    [InlineData("source={\"password\":\"" + Password + "\"}")]
    [InlineData("source=Password=" + Password)]
    public async Task A_password_on_the_command_line_is_refused_and_not_repeated(string setting)
    {
        Configure("source", new JsonObject { ["server"] = "127.0.0.1,1", ["database"] = "mgc", ["user"] = "someone", ["password"] = Password });

        await Say(["status", "--set", setting], ExitCodes.NotAllowed);

        NothingIsTold(except: "pipeline.json");
    }

    [Theory]
    [InlineData("source", ExitCodes.Source)]
    [InlineData("destination", ExitCodes.Destination)]
    public async Task A_login_that_is_refused_is_named_and_its_password_is_not(string end, int exitCode)
    {
        using var database = new TempSqlServerDatabase();
        Assert.SkipWhen(database.End.User is null, "The server is reached without a password.");
        _place.Sample("legacy.db");
        await _place.RunAsync(0, "provision", "persistent.db");
        Configure(end, Reached(database.End));

        var outcome = await Say(["migrate"], exitCode);

        Assert.Contains("The login was refused.", outcome.Error, StringComparison.Ordinal);
        NothingIsTold();
    }

    [Fact]
    public async Task A_source_on_a_server_is_migrated_without_a_word_of_its_password_or_its_messages()
    {
        using var database = new TempSqlServerDatabase(Chat.Generation.Lync2010);
        Assert.SkipWhen(database.End.User is null, "The server is reached without a password.");
        _place.Sample("legacy.db", messages: 500);
        Workplace.Execute(_place.File("legacy.db"), $"UPDATE tblChat SET content = '{Text} ' || chatID");
        SqlServerPool.Copy(_place.File("legacy.db"), database.End);
        _place.Variables["CHATETL_TEST_PASSWORD"] = database.End.Password!;
        Configure("source", Reached(database.End));

        await Say(["migrate"]);
        await Say(["compare", "--json"]);
        await Say(["status"]);

        Assert.DoesNotContain(database.End.Password!, _said.ToString(), StringComparison.Ordinal);
        NothingIsTold();
    }

    public void Dispose() => _place.Dispose();

    private static JsonObject Reached(SqlServerEnd end) => new()
    {
        ["server"] = end.Server,
        ["database"] = end.Database,
        ["user"] = end.User,
        ["password"] = "${env:CHATETL_TEST_PASSWORD}",
        ["encrypt"] = end.Encrypt,
        ["trustServerCertificate"] = end.TrustServerCertificate,
    };

    private void Configure(string end, JsonObject server)
    {
        server["kind"] = "sqlServer";
        server["connectTimeout"] ??= 1;
        var configuration = new JsonObject
        {
            ["source"] = new JsonObject { ["path"] = "legacy.db" },
            ["destination"] = new JsonObject { ["path"] = "persistent.db" },
            ["retry"] = new JsonObject { ["attempts"] = 0 },
            ["report"] = new JsonObject { ["path"] = "report.json", ["html"] = "report.html" },
        };
        configuration[end] = server;
        _place.Configure(configuration);
    }

    private async Task<Outcome> Say(string[] arguments, int exitCode = ExitCodes.Success)
    {
        var outcome = await _place.RunAsync(exitCode, arguments);
        _said.AppendLine(outcome.Everything);
        return outcome;
    }

    private void NothingIsTold(string except = "")
    {
        var files = Directory.EnumerateFiles(_place.Path, "*", SearchOption.AllDirectories).Select(path => (Name: Path.GetFileName(path), Path: path))
            .Where(file => file.Name != except && !file.Name.Contains(".db", StringComparison.Ordinal));
        Assert.All(new[] { Password, Text, Other }, marker =>
        {
            Assert.DoesNotContain(marker, _said.ToString(), StringComparison.Ordinal);
            Assert.All(files, file => Assert.DoesNotContain(marker, File.ReadAllText(file.Path), StringComparison.Ordinal));
        });
    }
}
