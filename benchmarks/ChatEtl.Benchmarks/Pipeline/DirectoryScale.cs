using System.Diagnostics;
using System.Globalization;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Sqlite;
using ChatEtl.Writing;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Benchmarks.Pipeline;

/// <summary>Is the directory of the published capacity model resolved and written in time, and do its small rows keep up with messages?</summary>
internal static class DirectoryScale
{
    /// <summary>Arguments: number of rooms (33,077), of people (150,000), of access entries (2,000,000).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (rooms, people, entries) = (Throughput.Number(args, 0, 33_077), Throughput.Number(args, 1, 150_000), Throughput.Number(args, 2, 2_000_000));
        using var pool = new Pool(new ChatEtl.Sqlite.SampleOptions { Path = "", Rooms = rooms, People = people, Messages = 1_000 });
        var (roles, invitations, affiliations) = Fill(pool.Source, rooms, entries);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rooms:N0} rooms, {people:N0} people, {roles:N0} access entries, {invitations:N0} invitations, {affiliations:N0} affiliations"));

        var clock = Stopwatch.GetTimestamp();
        using (var source = new SqliteSource(pool.Source))
        using (var reader = new SqliteSource(pool.Destination))
        using (var destination = new SqliteDestination(pool.Destination, TimeProvider.System))
        {
            PassPlanner.Plan(source, new ExplainedDestination(destination), reader, null, SqliteWays.Rules, forWriting: false, CancellationToken.None).Demand();
        }

        Say("resolved", Stopwatch.GetElapsedTime(clock).TotalSeconds, null);
        var bare = SqliteWays.Rules with { Invitations = CarryOrLeave.Leave, Affiliations = CarryOrLeave.Leave };
        var (whole, moving) = await MigrateAsync(pool, bare);
        Say("resolved and written, to the first row of a stream", whole - moving, null);
        Say("access entries as memberships", moving, roles);
        var (_, withInvitations) = await MigrateAsync(pool, bare with { Invitations = CarryOrLeave.Carry });
        Say("invitations", withInvitations - moving, invitations);
        var (_, withAffiliations) = await MigrateAsync(pool, bare with { Affiliations = CarryOrLeave.Carry });
        Say("affiliations", withAffiliations - moving, affiliations);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"peak working set {process.PeakWorkingSet64 / 1048576.0:0} MiB");
        return 0;
    }

    private static void Say(string what, double seconds, long? rows) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {seconds:0.0} s{(rows is { } number ? $", {number / seconds:N0} rows/s" : "")}"));

    private static async Task<(double Whole, double Moving)> MigrateAsync(Pool pool, RuleOptions rules)
    {
        pool.Reset();
        RunProgress? progress = null;
        var (clock, begun) = (Stopwatch.GetTimestamp(), 0L);
        var run = Task.Run(() => SqliteWays.MigrateAsync(new SqliteSource(pool.Source), pool.Destination, new PipelineOptions(), rules, started => progress = started));
        while (await Task.WhenAny(run, Task.Delay(10)) != run)
        {
            begun = begun == 0 && progress?.Phase == "moving" ? Stopwatch.GetTimestamp() : begun;
        }

        await run;
        return (Stopwatch.GetElapsedTime(clock).TotalSeconds, Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    /// <summary>Gives every room so many members and invitations, and every person so many affiliations, that there are about as many of each as wanted.</summary>
    public static (long Roles, long Invitations, long Affiliations) Fill(string path, int rooms, int entries)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"""
            PRAGMA synchronous = OFF;
            CREATE TEMP TABLE person AS SELECT row_number() OVER (ORDER BY prinID) - 1 AS n, prinID FROM tblPrincipal WHERE prinTypeID = 5;
            CREATE TEMP TABLE room AS SELECT row_number() OVER (ORDER BY nodeID) - 1 AS n, nodeID FROM tblNode WHERE nodeType = 0;
            CREATE TEMP TABLE folk AS SELECT prinID FROM tblPrincipal WHERE prinTypeID <> 5;
            CREATE UNIQUE INDEX temp.person_n ON person (n);
            CREATE TEMP TABLE pair AS WITH RECURSIVE k (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < {(entries / rooms) - 1})
                SELECT room.nodeID AS node, person.prinID AS prin, k.i AS i FROM room CROSS JOIN k JOIN person ON person.n = (room.n * 61 + k.i * 7) % (SELECT COUNT(*) FROM person);
            INSERT OR IGNORE INTO tblPrincipalRole (prinRoleNodeID, prinRolePrinID, prinRoleTypeID, prinRoleUpdatedBy, honorsOverride, honorsScope)
                SELECT node, prin, 1, 1, 0, 0 FROM pair ORDER BY node, prin;
            INSERT OR IGNORE INTO tblPrincipalInvites (prinID, invID, nodeID, createdOn) SELECT prin, 100000 + row_number() OVER (), node, '2010-01-01 00:00:00.000' FROM pair ORDER BY prin, node;
            INSERT OR IGNORE INTO tblPrincipalAffiliations (principalID, affiliationID, "index", updatedBy)
                SELECT person.prinID, folk.prinID, 100 + folk.rowid, 1 FROM person JOIN folk ON folk.rowid <= 13;
            """;
        command.ExecuteNonQuery();
        return (Count("tblPrincipalRole"), Count("tblPrincipalInvites"), Count("tblPrincipalAffiliations"));

        long Count(string table)
        {
            command.CommandText = $"SELECT COUNT(*) FROM {table}";
            return (long)command.ExecuteScalar()!;
        }
    }
}
