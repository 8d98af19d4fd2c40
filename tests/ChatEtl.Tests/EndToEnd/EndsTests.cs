using ChatEtl.Cli;
using ChatEtl.Configuration;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.EndToEnd;

[Collection(ProgramTests.Name)]
public sealed class EndsTests : IDisposable
{
    private readonly Workplace _place = new("legacy.db");

    [Theory]
    [InlineData(EndKind.Sqlite, EndKind.Sqlite, false)]
    [InlineData(EndKind.Sqlite, EndKind.SqlServer, false)]
    [InlineData(EndKind.SqlServer, EndKind.Sqlite, false)]
    [InlineData(EndKind.SqlServer, EndKind.SqlServer, true)]
    public void Any_product_may_be_at_either_end_and_half_pairs_are_kept_only_where_both_ends_can(EndKind source, EndKind destination, bool keepsHalfPairs)
    {
        _place.Sample("legacy.db", messages: 10);
        SqliteProvisioner.Provision(_place.Destination);
        var options = new ChatEtlOptions
        {
            Source = new() { Kind = source, Path = _place.File("legacy.db"), Server = "SQL01", Database = "mgc" },
            Destination = new() { Kind = destination, Path = _place.Destination, Server = "SQL02", Database = "mgc" },
        };

        using var ends = Ends.Open(options, prepare: false);
        using var alone = Ends.OpenSource(options, prepare: false);

        Assert.IsType(source == EndKind.Sqlite ? typeof(SqliteSource) : typeof(SqlServerSource), ends.Source);
        Assert.IsType(ends.Source.GetType(), alone);
        Assert.IsType(destination == EndKind.Sqlite ? typeof(SqliteDestination) : typeof(SqlServerDestination), ends.Destination);
        Assert.IsType(destination == EndKind.Sqlite ? typeof(SqliteSource) : typeof(SqlServerSource), ends.Reader);
        Assert.Equal(keepsHalfPairs, Ends.KeepsHalfPairs(options));
    }

    [Fact]
    public void Every_setting_of_an_end_reaches_the_driver()
    {
        var options = new DestinationOptions
        {
            Kind = EndKind.SqlServer,
            Server = "s",
            Database = "d",
            User = "u",
            Password = "p",
            Encrypt = false,
            TrustServerCertificate = true,
            ConnectTimeout = TimeSpan.FromSeconds(1),
            CommandTimeout = TimeSpan.FromSeconds(2),
            LockTimeout = TimeSpan.FromSeconds(3),
            TableLock = LoadHint.On,
            OrderHint = LoadHint.Off,
            AllowLive = true,
        };

        Assert.Equal(
            new SqlServerEnd
            {
                Server = "s",
                Database = "d",
                User = "u",
                Password = "p",
                Encrypt = false,
                TrustServerCertificate = true,
                ConnectTimeout = TimeSpan.FromSeconds(1),
                CommandTimeout = TimeSpan.FromSeconds(2),
                LockTimeout = TimeSpan.FromSeconds(3),
            },
            SqlServerEnds.Of(options));
        Assert.Equal(
            new SqlServerLoad { Writers = 3, TableLock = BulkHint.On, OrderHint = BulkHint.Off, AllowLive = true }, SqlServerEnds.LoadOf(options, writers: 3));
    }

    [Fact]
    public async Task The_configured_destination_is_provisioned_when_no_file_is_named()
    {
        var made = await _place.RunAsync(0, "provision");
        var again = await _place.RunAsync(4, "provision");

        Assert.Equal($"Made {_place.Destination}.\n", made.Output);
        Assert.Contains("It cannot be provisioned.", again.Error, StringComparison.Ordinal);
        Assert.Contains("tblNode", Workplace.CountRows(_place.Destination).Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_tables_are_made_in_an_empty_database_on_a_server_and_never_twice()
    {
        using var database = new TempSqlServerDatabase();
        _place.Variables["CHATETL_TEST_PASSWORD"] = database.End.Password ?? "";
        string[] settings =
        [
            "provision", "--set", "destination.kind=sqlServer", "--set", "destination.server=" + database.End.Server, "--set", "destination.database=" + database.Name,
            "--set", $"destination.trustServerCertificate={(database.End.TrustServerCertificate ? "true" : "false")}", "--set", $"destination.encrypt={(database.End.Encrypt ? "true" : "false")}",
            .. database.End.User is { } user ? ["--set", "destination.user=" + user, "--set", "destination.password=${env:CHATETL_TEST_PASSWORD}"] : Array.Empty<string>(),
        ];

        var made = await _place.RunAsync(0, settings);
        await _place.RunAsync(4, settings);

        Assert.Equal($"Made {database.End.Description}.\n", made.Output);
        Assert.NotNull(database.Scalar("SELECT OBJECT_ID('dbo.tblNode')"));
    }

    public void Dispose() => _place.Dispose();
}
