using ChatEtl.Chat;

namespace ChatEtl.SqlServer;

/// <summary>Shows rows of a batch of messages to a bulk copy, in the order of the documented columns of tblChat.</summary>
/// <remarks>Texts become strings one at a time, as they are sent; rooms and authors, which repeat, are boxed once in a row.</remarks>
/// <param name="batch">The batch; not changed.</param>
/// <param name="rows">Which rows, in the order they are to be sent.</param>
internal sealed class BatchDataReader(MessageBatch batch, IReadOnlyList<int> rows) : ForwardDataReader
{
    private const int Columns = 7;
    private static readonly object True = true;
    private static readonly object False = false;
    private readonly Dictionary<int, object> _boxes = [];
    private int _next;
    private int _row;

    /// <inheritdoc/>
    public override int FieldCount => Columns;

    /// <inheritdoc/>
    public override bool Read()
    {
        if (_next == rows.Count)
        {
            return false;
        }

        _row = rows[_next++];
        return true;
    }

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => ordinal == Columns - 1 && batch.RtfLength[_row] < 0;

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => ordinal switch
    {
        0 => Box(batch.Room[_row]),
        1 => batch.Id[_row],
        2 => batch.Date[_row],
        3 => Box(batch.Author[_row]),
        4 => batch.Alert[_row] ? True : False,
        5 => WideText.Decode(batch.Content(_row)),
        _ => batch.RtfLength[_row] < 0 ? DBNull.Value : WideText.Decode(batch.Rtf(_row)),
    };

    private object Box(int number)
    {
        if (!_boxes.TryGetValue(number, out var box))
        {
            _boxes[number] = box = number;
        }

        return box;
    }
}
