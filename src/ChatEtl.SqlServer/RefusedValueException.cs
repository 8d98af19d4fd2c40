using System.Data.Common;

namespace ChatEtl.SqlServer;

/// <summary>The driver refuses to send a value that does not fit its column. What value it was is not told.</summary>
/// <param name="table">The table, as it is written in SQL.</param>
internal sealed class RefusedValueException(string table) : DbException($"A value does not fit its column of {table}.");
