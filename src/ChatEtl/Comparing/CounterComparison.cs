using System.Globalization;
using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>tblLastChatId and tblLastInviteId (T21, M4): one row each, never below a number in use.</summary>
/// <param name="table">The destination table: a key, then the counter.</param>
/// <param name="log">Where differences go.</param>
internal sealed class CounterComparison(Table table, DifferenceLog log)
{
    private readonly Dictionary<int, (long? Value, bool IsOurs)> _wanted = [];

    /// <summary>Says that a counter may be there, and whether only we can have written it.</summary>
    public void Expect(int key, bool isOurs) => _wanted[key] = (_wanted.GetValueOrDefault(key).Value, isOurs);

    /// <summary>Raises what is wanted of an expected counter to a legacy value or a number in use.</summary>
    public void Raise(int key, long value)
    {
        if (_wanted.TryGetValue(key, out var wanted) && !(value <= wanted.Value))
        {
            _wanted[key] = (value, wanted.IsOurs);
        }
    }

    /// <summary>Compares with the destination's rows.</summary>
    public void Run(IEnumerable<object?[]> found)
    {
        var figures = log.Of(table.Name);
        figures.Expected += _wanted.Values.Count(wanted => wanted.Value is not null);
        var seen = new HashSet<int>();
        foreach (var cells in found)
        {
            if (!Cells.TryInteger(cells[0], int.MinValue, int.MaxValue, out var id) || !_wanted.TryGetValue((int)id, out var wanted))
            {
                continue;
            }

            if (!seen.Add((int)id))
            {
                log.Extra(table.Name, Key((int)id), "There is more than one row of this counter.");
            }
            else if (wanted.Value is { } value)
            {
                Judge((int)id, value, wanted.IsOurs, cells[1], figures);
            }
            else if (wanted.IsOurs)
            {
                log.Extra(table.Name, Key((int)id), "Neither the source has a counter nor the destination a number in use.");
            }
        }

        foreach (var key in _wanted.Where(wanted => wanted.Value.Value is not null && !seen.Contains(wanted.Key)).Select(wanted => wanted.Key).Order())
        {
            log.Missing(table.Name, Key(key), string.Create(CultureInfo.InvariantCulture, $"The counter is not there, expected {_wanted[key].Value}."));
        }
    }

    private void Judge(int key, long value, bool isOurs, object? cell, TableComparison figures)
    {
        if (Cells.TryInteger(cell, long.MinValue, long.MaxValue, out var number) && (number == value || (!isOurs && number > value)))
        {
            figures.Equal++;
        }
        else
        {
            log.Different(table.Name, Key(key), table.Columns[1].Name, string.Create(
                CultureInfo.InvariantCulture, $"The counter is {(cell is long or null ? Cells.Format(cell) : "of another type")}, expected {value}."));
        }
    }

    private static string Key(int key) => key.ToString(CultureInfo.InvariantCulture);
}
