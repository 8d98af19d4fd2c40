using ChatEtl.Chat;

namespace ChatEtl.Reading;

/// <summary>Reads the columns of one row by name, noting every value that cannot be read (B3, B4, B5).</summary>
internal sealed class RowFields(Table table, DatabaseShape shape)
{
    private readonly bool[] _has = [.. table.Columns.Select(column => shape.Has(table.Name, column.Name))];
    private object?[] _cells = [];

    /// <summary>What makes the row unreadable: NULLs, numbers out of range, guids that are none.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Texts and times that cannot be carried.</summary>
    public List<string> TextFaults { get; } = [];

    /// <summary>The row's key, as people write it.</summary>
    public string Key => Cells.Key(table, _cells);

    /// <summary>The row as JSON.</summary>
    public string Json => Cells.ToJson(table, _cells);

    /// <summary>Goes on to the next row.</summary>
    public void Open(object?[] cells)
    {
        _cells = cells;
        Faults.Clear();
        TextFaults.Clear();
    }

    /// <summary>Whether the database has the column at all.</summary>
    public bool Has(string column) => table.Ordinal(column) is >= 0 and var ordinal && _has[ordinal];

    public int Int(string column) => (int)Integer(column, int.MinValue, int.MaxValue, null);

    public int? OptionalInt(string column) => (int?)OptionalInteger(column, int.MinValue, int.MaxValue);

    public short Short(string column) => (short)Integer(column, short.MinValue, short.MaxValue, null);

    public short? OptionalShort(string column) => (short?)OptionalInteger(column, short.MinValue, short.MaxValue);

    /// <summary>A time in ticks; 0 when the column is missing (B3).</summary>
    public long Ticks(string column) => Integer(column, long.MinValue, long.MaxValue, 0);

    /// <summary>A bit; the given value when the column is missing.</summary>
    public bool Bit(string column, bool? missing = null) => Integer(column, 0, 1, missing is { } bit ? (bit ? 1 : 0) : null) == 1;

    /// <summary>A bit that may be NULL or missing.</summary>
    public bool? OptionalBit(string column) => OptionalInteger(column, 0, 1) is { } bit ? bit == 1 : null;

    /// <summary>A whole number within bounds; the given value when the column is missing.</summary>
    public long Integer(string column, long lowest, long highest, long? missing)
    {
        if (missing is { } value && !Has(column))
        {
            return value;
        }

        if (Cells.TryInteger(Cell(column), lowest, highest, out var number))
        {
            return number;
        }

        Faults.Add($"{column} is {Describe(column)}");
        return 0;
    }

    public Guid Guid(string column)
    {
        if (!Cells.TryGuid(Cell(column), out var guid))
        {
            Faults.Add($"{column} is {Describe(column)}");
        }

        return guid;
    }

    public Guid? OptionalGuid(string column) => Cell(column) is null ? null : Guid(column);

    /// <summary>A text; the given value when the column is missing.</summary>
    public string Text(string column, int maxLength = 0, string? missing = null)
    {
        if (!Has(column) && missing is not null)
        {
            return missing;
        }

        if (Cell(column) is null)
        {
            Faults.Add($"{column} is NULL");
            return "";
        }

        return OptionalText(column, maxLength) ?? "";
    }

    public string? OptionalText(string column, int maxLength = 0)
    {
        if (Cell(column) is null)
        {
            return null;
        }

        if (!Cells.TryText(Cell(column), out var text))
        {
            TextFaults.Add($"{column} is no valid text");
        }
        else if (maxLength > 0 && text.Length > maxLength)
        {
            TextFaults.Add($"{column} has {text.Length} UTF-16 units, the destination takes {maxLength}");
        }

        return text;
    }

    /// <summary>A time; the given value when the column is missing.</summary>
    public DateTime Time(string column, DateTime missing)
    {
        if (!Has(column))
        {
            return missing;
        }

        if (Cell(column) is null)
        {
            Faults.Add($"{column} is NULL");
        }
        else if (!Cells.TryDateTime(Cell(column), out var time))
        {
            TextFaults.Add($"{column} is no date and time");
        }
        else
        {
            return time;
        }

        return missing;
    }

    public DateTime? OptionalTime(string column) => Cell(column) is null ? null : Time(column, default);

    private long? OptionalInteger(string column, long lowest, long highest) =>
        Cell(column) is null ? null : Integer(column, lowest, highest, null);

    private object? Cell(string column)
    {
        var ordinal = table.Ordinal(column);
        return ordinal < 0 ? null : _cells[ordinal];
    }

    private string Describe(string column) => Cell(column) switch
    {
        null => "NULL",
        string or byte[] or UnreadableText => "not of its type",
        var value => $"{Cells.Format(value)}, which is out of range",
    };
}
