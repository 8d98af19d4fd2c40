using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Inserts rows into one table of a package: of its columns those that the package has.</summary>
internal sealed class PackageInsert
{
    private readonly SqliteStatement _insert;
    private readonly List<int> _places;
    private readonly int _alert;
    private readonly int _content;
    private readonly int _rtf;

    /// <summary>Prepares the statement, which belongs to the session.</summary>
    /// <param name="session">The writing connection.</param>
    /// <param name="table">Tells the order of cells.</param>
    /// <param name="columns">The columns in the package, joined by a comma.</param>
    public PackageInsert(SqliteWriteSession session, Table table, string columns)
    {
        var names = columns.Split(',');
        _places = [.. names.Select(table.Ordinal)];
        _insert = session.Statement(
            $"INSERT INTO {SqliteDatabase.Quote(table.Name)} ({string.Join(", ", names.Select(SqliteDatabase.Quote))}) "
            + $"VALUES ({string.Join(", ", names.Select((_, i) => $"?{i + 1}"))})");
        (_alert, _content, _rtf) = (ParameterOf("isAlert"), ParameterOf("content"), ParameterOf("rtf"));

        int ParameterOf(string column) => table.Ordinal(column) is >= 0 and var place ? _places.IndexOf(place) + 1 : 0;
    }

    /// <summary>Inserts a row of cells as SQLite keeps them.</summary>
    public void Write(object?[] stored)
    {
        for (var i = 0; i < _places.Count; i++)
        {
            _insert.Bind(i + 1, stored[_places[i]]);
        }

        Step();
    }

    /// <summary>Inserts a message of a batch, its texts as the bytes that they are.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row.</param>
    /// <param name="text">Where the texts of the batch are pinned.</param>
    public unsafe void Write(MessageBatch batch, int row, byte* text)
    {
        _insert.Bind(1, (long)batch.SourceRoom[row]);
        _insert.Bind(2, batch.Id[row]);
        _insert.Bind(3, batch.Date[row]);
        _insert.Bind(4, (long)batch.SourceAuthor[row]);
        _insert.BindPinnedText(_content, text + batch.ContentStart[row], batch.ContentLength[row]);
        if (_alert > 0)
        {
            _insert.Bind(_alert, batch.Alert[row] ? 1L : 0L);
        }

        if (_rtf > 0 && batch.RtfLength[row] >= 0)
        {
            _insert.BindPinnedText(_rtf, text + batch.ContentStart[row] + batch.ContentLength[row], batch.RtfLength[row]);
        }
        else if (_rtf > 0)
        {
            _insert.BindNull(_rtf);
        }

        Step();
    }

    private void Step()
    {
        if (_insert.Write() is { } fault)
        {
            throw fault;
        }
    }
}
