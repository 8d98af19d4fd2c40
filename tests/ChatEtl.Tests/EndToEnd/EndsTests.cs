using ChatEtl.Cli;
using ChatEtl.Configuration;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
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
            Kind = EndKind.SqlServer, Server = "s", Database = "d", User = "u", Password = "p", Encrypt = false, TrustServerCertificate = true,
            ConnectTimeout = TimeSpan.FromSeconds(1), CommandTimeout = TimeSpan.FromSeconds(2), LockTimeout = TimeSpan.FromSeconds(3),
            TableLock = LoadHint.On, OrderHint = LoadHint.Off, AllowLive = true,
        };

        Assert.Equal(
            new SqlServerEnd
            {
                Server = "s", Database = "d", User = "u", Password = "p", Encrypt = false, TrustServerCertificate = true,
                ConnectTimeout = TimeSpan.FromSeconds(1), CommandTimeout = TimeSpan.FromSeconds(2), LockTimeout = TimeSpan.FromSeconds(3),
            },
            SqlServerEnds.Of(options));
        Assert.Equal(new SqlServerLoad { TableLock = BulkHint.On, OrderHint = BulkHint.Off, AllowLive = true }, SqlServerEnds.LoadOf(options));
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

    public void Dispose() => _place.Dispose();
}
