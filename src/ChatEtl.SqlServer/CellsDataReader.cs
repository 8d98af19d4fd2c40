namespace ChatEtl.SqlServer;

/// <summary>Shows rows of cells to a bulk copy.</summary>
internal sealed class CellsDataReader(int columns, IEnumerable<IReadOnlyList<object?>> rows) : ForwardDataReader
{
    private readonly IEnumerator<IReadOnlyList<object?>> _rows = rows.GetEnumerator();

    /// <inheritdoc/>
    public override int FieldCount => columns;

    /// <inheritdoc/>
    public override bool Read() => _rows.MoveNext();

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => _rows.Current[ordinal] ?? DBNull.Value;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rows.Dispose();
        }

        base.Dispose(disposing);
    }
}
