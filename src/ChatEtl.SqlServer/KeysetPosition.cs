using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ChatEtl.Chat;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Where a read of a small table stands: behind a key or, in a table without one, behind so many rows of a fixed order.</summary>
/// <remarks>As text a JSON array of the key's values, or of the one number.</remarks>
internal sealed class KeysetPosition
{
    private readonly IReadOnlyList<SourceColumn> _key;
    private readonly IReadOnlyList<SourceColumn> _order;
    private readonly object?[] _last;
    private readonly bool _begun;
    private long _passed;

    /// <summary>Reads what <see cref="ToString"/> wrote; empty for the start.</summary>
    public KeysetPosition(SourceTable table, string position)
    {
        _key = table.Key;
        _order = _key.Count > 0 ? _key : [.. table.Columns.Where(column => column.Sortable)];
        _last = new object?[_key.Count];
        _begun = position.Length > 0;
        if (!_begun)
        {
            return;
        }

        var values = JsonSerializer.Deserialize<JsonElement[]>(position)!;
        _passed = _key.Count == 0 ? values[0].GetInt64() : 0;
        for (var i = 0; i < _key.Count; i++)
        {
            _last[i] = Parse(values[i], _key[i]);
        }
    }

    /// <summary>Columns to select before all others.</summary>
    public IReadOnlyList<string> Columns => [.. _key.Select(column => Quote(column.Name))];

    /// <summary>The rows behind the position. SQL Server compares no rows of values, so each length of the key has its own term.</summary>
    public string Where => !_begun || _key.Count == 0 ? "" : $"WHERE {Name(0)} >= @k0 AND ({string.Join(" OR ", _key.Select((_, i) => Term(i)))})";

    /// <summary>The order.</summary>
    public string OrderBy => _order.Count == 0 ? "" : $"ORDER BY {string.Join(", ", _order.Select(column => Quote(column.Name)))}";

    /// <summary>Adds the values that <see cref="Where"/> compares with.</summary>
    public void AddParameters(SqlCommand command)
    {
        for (var i = 0; _begun && i < _key.Count; i++)
        {
            command.Parameters.Add(_key[i].Parameter($"@k{i}", _last[i]!));
        }
    }

    /// <summary>Passes over the rows before the position, where no key tells them.</summary>
    public void Skip(SqlDataReader row, CancellationToken cancellationToken)
    {
        for (var i = 0L; _key.Count == 0 && i < _passed; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            row.Read();
        }
    }

    /// <summary>Moves behind the current row.</summary>
    public void Pass(SqlDataReader row)
    {
        _passed++;
        for (var i = 0; i < _last.Length; i++)
        {
            _last[i] = row.GetValue(i);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => JsonSerializer.Serialize(_key.Count == 0 ? [_passed] : _last.Select(Format).ToArray());

    private string Name(int i) => Quote(_key[i].Name);

    private string Term(int i) => $"({string.Concat(Enumerable.Range(0, i).Select(before => $"{Name(before)} = @k{before} AND "))}{Name(i)} > @k{i})";

    // Texts as their bytes: half a surrogate pair is no JSON.
    private static object? Format(object? value) => value switch
    {
        string text => Convert.ToHexString(MemoryMarshal.AsBytes(text.AsSpan())),
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        _ => value,
    };

    private static object Parse(JsonElement value, SourceColumn column) => column.Family switch
    {
        ColumnFamily.Integer => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : value.GetInt64(),
        ColumnFamily.Float => value.GetDouble(),
        ColumnFamily.Decimal => decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        ColumnFamily.Guid => value.GetGuid(),
        ColumnFamily.Time => DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        ColumnFamily.Bytes => Convert.FromHexString(value.GetString()!),
        _ => new string(MemoryMarshal.Cast<byte, char>(Convert.FromHexString(value.GetString()!))),
    };
}
