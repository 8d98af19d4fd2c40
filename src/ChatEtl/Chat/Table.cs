using System.Globalization;

namespace ChatEtl.Chat;

/// <summary>How a column's values are typed, in the product's own SQL Server terms.</summary>
public enum ColumnType
{
    /// <summary><c>int</c>, 32 bits.</summary>
    Int,

    /// <summary><c>smallint</c>, 16 bits.</summary>
    SmallInt,

    /// <summary><c>bigint</c>, 64 bits; times are .NET ticks in UTC.</summary>
    BigInt,

    /// <summary><c>bit</c>, 0 or 1.</summary>
    Bit,

    /// <summary><c>uniqueidentifier</c>.</summary>
    Guid,

    /// <summary><c>nvarchar</c> or <c>varchar</c>; lengths count UTF-16 code units.</summary>
    Text,

    /// <summary><c>datetime</c> and its relatives; UTC, cut to milliseconds.</summary>
    DateTime,

    /// <summary><c>image</c>, bytes.</summary>
    Bytes,
}

/// <summary>One documented column.</summary>
/// <param name="Name">As documented; compared without regard to case.</param>
/// <param name="Type">How its values are typed.</param>
/// <param name="SqlType">The documented type, for creating the table, for example <c>nvarchar(256)</c>.</param>
/// <param name="MaxLength">Longest text in UTF-16 code units, or 0 when unlimited or not text.</param>
/// <param name="Nullable">Whether NULL is documented as allowed.</param>
/// <param name="Required">Whether a source without the column cannot be read at all.</param>
public sealed record Column(string Name, ColumnType Type, string SqlType, int MaxLength, bool Nullable, bool Required);

/// <summary>One documented table, as data: name, columns in documented order, primary key.</summary>
public sealed class Table
{
    private readonly Dictionary<string, int> _ordinals;

    private Table(string name, IReadOnlyList<Column> columns, IReadOnlyList<string> key)
    {
        Name = name;
        Columns = columns;
        Key = key;
        _ordinals = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < columns.Count; i++)
        {
            _ordinals.Add(columns[i].Name, i);
        }
    }

    /// <summary>The table's name as documented.</summary>
    public string Name { get; }

    /// <summary>The columns, in documented order; rows of cells follow this order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Names of the primary-key columns in key order; empty when none is documented.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>Reads a table from its written form: one column a line, then its SQL type and the words <c>required</c> and <c>null</c>.</summary>
    /// <exception cref="FormatException">A line cannot be read; a fault of this program.</exception>
    public static Table Define(string name, string key, string columns)
    {
        var keys = key.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var parsed = new List<Column>();
        foreach (var line in columns.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var required = words.Contains("required", StringComparer.Ordinal) || keys.Contains(words[0], StringComparer.OrdinalIgnoreCase);
            parsed.Add(new Column(
                words[0], TypeOf(words[1]), words[1], LengthOf(words[1]), words.Contains("null", StringComparer.Ordinal), required));
        }

        return new Table(name, parsed, keys);
    }

    /// <summary>Position of a column in <see cref="Columns"/>, or -1.</summary>
    public int Ordinal(string column) => _ordinals.GetValueOrDefault(column, -1);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ColumnType TypeOf(string sqlType) => sqlType.Split('(')[0] switch
    {
        "int" => ColumnType.Int,
        "smallint" => ColumnType.SmallInt,
        "bigint" => ColumnType.BigInt,
        "bit" => ColumnType.Bit,
        "uniqueidentifier" => ColumnType.Guid,
        "nvarchar" or "varchar" => ColumnType.Text,
        "datetime" or "datetime2" or "smalldatetime" => ColumnType.DateTime,
        "image" => ColumnType.Bytes,
        _ => throw new FormatException($"Unknown column type {sqlType}."),
    };

    private static int LengthOf(string sqlType)
    {
        var open = sqlType.IndexOf('(', StringComparison.Ordinal);
        return open < 0 || sqlType.Contains("max", StringComparison.Ordinal)
            ? 0
            : int.Parse(sqlType.AsSpan(open + 1, sqlType.Length - open - 2), CultureInfo.InvariantCulture);
    }
}
