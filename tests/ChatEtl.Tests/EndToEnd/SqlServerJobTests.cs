using System.Text.Json.Nodes;
using ChatEtl.Checkpoints;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

/// <summary>The real program with SQL Server at its ends.</summary>
[Collection(ProgramTests.Name)]
public sealed class SqlServerJobTests : IDisposable
{
    private const int Seed = 20131119;
    private const int CorpusMessages = 368_272;

    private readonly Workplace _place = new("legacy.db");
    private readonly List<TempSqlServerDatabase> _databases = [];

    [Fact]
    public async Task The_corpus_goes_from_a_package_to_a_server_to_another_database_and_into_a_package_with_every_text_as_it_was()
    {
        Assert.SkipUnless(ChatCorpus.Folder is not null, ChatCorpus.Missing);
        var (first, second) = (Database(), Database());
        CorpusPool.Make(ChatCorpus.Folder!, _place.File("legacy.db"));
        await _place.RunAsync(0, "export", "first.package.db");

        Configure(new JsonObject { ["path"] = "first.package.db" }, Reached(first.End));
        await CleanAsync("migrate", "--json");
        await _place.RunAsync(0, "finish", "--set", "report.evidence=first.json");
        Configure(Reached(first.End), Reached(second.End));
        await CleanAsync("migrate", "--json");
        await _place.RunAsync(0, "finish", "--set", "report.evidence=second.json");
        Configure(Reached(second.End), new JsonObject { ["path"] = "rehearsal.db" });
        await _place.RunAsync(0, "export", "last.package.db");
        await CleanAsync("migrate", "--json");
        await _place.RunAsync(0, "evidence", "verify", "second.json", "--database", "last.package.db");

        var told = await _place.RunAsync(0, "inspect", "last.package.db", "--verify");
        Assert.DoesNotContain("not verified", told.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(CorpusMessages, Texts("first.package.db", "last.package.db"));
        Assert.Equal(CorpusMessages, Texts("first.package.db", "rehearsal.db"));
    }

    [Fact]
    public async Task Killed_again_and_again_a_server_ends_with_the_same_content_as_one_that_nobody_disturbed()
    {
        const int Messages = 30_000;
        const int Kills = 10;
        string[] migrate = ["migrate", "--set", "pipeline.rangeRows=2000", "--set", "pipeline.batchRows=200", "--set", "pipeline.writers=2", "--set", "compare.afterMigrate=false"];
        var (calm, disturbed) = (Database(), Database());
        _place.Sample("legacy.db", messages: Messages);
        WithoutZeros("legacy.db", calm);
        Configure(new JsonObject { ["path"] = "legacy.db" }, Reached(calm.End));
        await _place.RunAsync(0, migrate);
        var digest = await _place.DigestAsync();

        Configure(new JsonObject { ["path"] = "legacy.db" }, Reached(disturbed.End));
        using var destination = new SqlServerDestination(disturbed.End, new SqlServerLoad(), TimeProvider.System);
        var random = new Random(Seed);
        for (var i = 0; i < Kills; i++)
        {
            var before = Read(destination);
            var epoch = destination.ReadRun()?.Epoch ?? 0;
            using var process = _place.Start(migrate);
            if (i % 4 == 3 || before >= Messages)
            {
                // While it starts, plans or takes over; a slow watcher may have left nothing else.
                await Task.Delay(random.Next(0, 3_000), TestContext.Current.CancellationToken);
            }
            else
            {
                var target = before + random.Next(1, (int)Math.Max(2, 2 * (Messages - before) / (Kills - i + 10)));
                await process.WaitUntilAsync($"kill {i} of seed {Seed}", () => (destination.ReadRun()?.Epoch ?? 0) > epoch && Read(destination) >= target);
            }

            Assert.True(process.IsRunning, $"kill {i} of seed {Seed} came too late");
            var outcome = await process.KillAsync();
            Assert.True(outcome.ExitCode == ChatEtlProcess.Killed, $"kill {i} of seed {Seed}: exit code {outcome.ExitCode}\n{outcome.Everything}");
            Assert.True(destination.ReadRun() is null or { State: RunState.Running });
            Assert.True(Read(destination) >= before);
        }

        await _place.RunAsync(0, migrate);
        Assert.Equal(digest, await _place.DigestAsync());
        Assert.Equal(calm.Scalar("SELECT COUNT(*) FROM dbo.tblChat"), disturbed.Scalar("SELECT COUNT(*) FROM dbo.tblChat"));
        await _place.RunAsync(0, "finish", "--set", "report.evidence=evidence.json");
        await _place.RunAsync(0, "evidence", "verify", "evidence.json");
        Assert.Equal(0, disturbed.Scalar("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'chatetl'"));
    }

    [Fact]
    public async Task A_pool_whose_servers_are_alive_is_left_alone()
    {
        var database = Database();
        database.Execute("INSERT INTO dbo.tblServerIdentity (serverID, serverAddress, serverLastPingTime) VALUES (1, N'chat01', GETUTCDATE())");
        _place.Sample("legacy.db", messages: 200);
        WithoutZeros("legacy.db", database);
        Configure(new JsonObject { ["path"] = "legacy.db" }, Reached(database.End));

        var refused = await _place.RunAsync(2, "migrate");

        Assert.Contains("chat01", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, database.Scalar("SELECT COUNT(*) FROM dbo.tblChat"));
        await _place.RunAsync(0, "migrate", "--set", "destination.allowLive=true");
        var status = await _place.RunAsync(0, "status");
        Assert.Contains(database.Name, status.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _place.Dispose();
        _databases.ForEach(database => database.Dispose());
    }

    private static long Read(SqlServerDestination destination) => destination.ReadRanges().Sum(range => range.Checkpoint.Book.Read);

    /// <summary>A server other than SQL Server may have no U+0000.</summary>
    private void WithoutZeros(string file, TempSqlServerDatabase database)
    {
        if (!database.Keeps('\0'))
        {
            Workplace.Execute(_place.File(file), "DELETE FROM tblChat WHERE instr(content, char(0)) > 0");
        }
    }

    private TempSqlServerDatabase Database()
    {
        var database = new TempSqlServerDatabase();
        _databases.Add(database);
        SqlServerProvisioner.Provision(database.End, new Guid("5f0e7c3a-3a57-4c55-9d0e-0f2f5f1e7a11"));
        return database;
    }

    private JsonObject Reached(SqlServerEnd end)
    {
        var reached = new JsonObject
        {
            ["kind"] = "sqlServer",
            ["server"] = end.Server,
            ["database"] = end.Database,
            ["encrypt"] = end.Encrypt,
            ["trustServerCertificate"] = end.TrustServerCertificate,
        };
        if (end.User is not null)
        {
            _place.Variables["CHATETL_TEST_PASSWORD"] = end.Password!;
            (reached["user"], reached["password"]) = (end.User, "${env:CHATETL_TEST_PASSWORD}");
        }

        return reached;
    }

    private void Configure(JsonObject source, JsonObject destination) => _place.Configure(new JsonObject { ["source"] = source, ["destination"] = destination });

    private async Task CleanAsync(params string[] arguments)
    {
        var report = await _place.JsonAsync(0, arguments);
        Assert.True(report.GetProperty("compare").GetProperty("clean").GetBoolean());
        Assert.True(report.GetProperty("balances").GetBoolean());
        Assert.Equal(0, report.GetProperty("rejections").GetProperty("count").GetInt64());
    }

    /// <summary>Compares the texts of two files, room by room by its guid, byte by byte; how many there are.</summary>
    private int Texts(string left, string right)
    {
        SqliteNative.Init();
        using var connection = new SqliteConnection($"Data Source={_place.File(left)};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            ATTACH '{_place.File(right)}' AS other;
            SELECT (SELECT count(*) FROM main.tblChat), (SELECT count(*) FROM other.tblChat), count(*)
            FROM main.tblChat AS c JOIN main.tblNode AS n ON n.nodeID = c.channelId
            JOIN other.tblNode AS m ON upper(m.nodeGuid) = upper(n.nodeGuid)
            JOIN other.tblChat AS d ON d.channelId = m.nodeID AND d.chatId = c.chatId
            WHERE CAST(c.content AS BLOB) = CAST(d.content AS BLOB) AND c.chatDate = d.chatDate
            """;
        using var row = command.ExecuteReader();
        row.Read();
        Assert.Equal(row.GetInt32(0), row.GetInt32(1));
        Assert.Equal(row.GetInt32(0), row.GetInt32(2));
        return row.GetInt32(2);
    }
}
