using ChatEtl.Chat;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using ChatEtl.Writing;
using Microsoft.Data.SqlClient;
using Xunit;

namespace ChatEtl.Tests.Contracts;

/// <summary>The contract on a SQL Server, and what only that product can do to a batch.</summary>
public sealed class SqlServerDestinationTests : ChatDestinationContract, IDisposable
{
    private readonly TempSqlServerDatabase _database = new();
    private readonly SqlServerDestination _destination;
    private readonly SqlServerSource _reader;

    public SqlServerDestinationTests()
    {
        SqlServerProvisioner.Provision(_database.End);
        _destination = Open();
        _reader = new SqlServerSource(_database.End, keepHalfPairs: true, readOnlyIntent: false);
    }

    protected override string OddText => _database.Keeps('\0') ? "a\0b" : "a\u0001b";

    protected override IChatDestination Destination => _destination;

    protected override IChatSource Reader => _reader;

    public void Dispose()
    {
        _destination.Dispose();
        _reader.Dispose();
        _database.Dispose();
    }

    protected override IChatDestination OpenAnother() => Open();

    protected override IEnumerable<string> TablesNow() => new SqlServerSource(_database.End, readOnlyIntent: false).ReadShape().Tables.Keys;

    protected override void Execute(string sql) => _database.Execute(sql);

    private SqlServerDestination Open(SqlServerLoad? load = null) => new(_database.End, load ?? new SqlServerLoad(), new ManualTimeProvider());
}
