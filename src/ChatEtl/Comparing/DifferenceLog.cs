namespace ChatEtl.Comparing;

/// <summary>Counts differences by table and passes them on as they come.</summary>
internal sealed class DifferenceLog(Action<Difference> onDifference)
{
    private readonly List<TableComparison> _tables = [];

    public IReadOnlyList<TableComparison> Tables => _tables;

    /// <summary>The figures of a table, begun when first asked for.</summary>
    public TableComparison Of(string table)
    {
        var found = _tables.Find(known => known.Table.Equals(table, StringComparison.OrdinalIgnoreCase));
        if (found is null)
        {
            _tables.Add(found = new TableComparison(table));
        }

        return found;
    }

    public void Missing(string table, string key, string detail)
    {
        Of(table).Missing++;
        onDifference(new Difference(DifferenceKinds.Missing, table, key, "", detail));
    }

    public void Extra(string table, string key, string detail)
    {
        Of(table).Extra++;
        onDifference(new Difference(DifferenceKinds.Extra, table, key, "", detail));
    }

    public void Different(string table, string key, string columns, string detail)
    {
        Of(table).Different++;
        onDifference(new Difference(DifferenceKinds.Different, table, key, columns, detail));
    }

    /// <summary>A gain is counted by the access report, not by its table.</summary>
    public void Gain(string table, string key, string detail) =>
        onDifference(new Difference(DifferenceKinds.Gain, table, key, "", detail));
}
