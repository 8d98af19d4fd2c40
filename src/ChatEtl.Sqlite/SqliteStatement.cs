using System.Text;
using System.Text.Unicode;
using ChatEtl.Chat;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatEtl.Sqlite;

/// <summary>A prepared statement over SQLite's own interface: no command, parameter or string object per row.</summary>
/// <remarks>Columns count from 0, parameters from 1. Not safe for concurrent use.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly UnicodeEncoding? _wide;
    private nint _native;

    /// <summary>Prepares a statement.</summary>
    /// <exception cref="SqliteException">It cannot be prepared.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        _wide = SqliteDatabase.WideEncodingOf(connection);
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
        _native = _statement.DangerousGetHandle();
    }

    /// <summary>Rows changed by the last step.</summary>
    public int Changes => raw.sqlite3_changes(_database);

    /// <summary>Number of columns of a row.</summary>
    public int Columns => raw.sqlite3_column_count(_statement);

    /// <summary>Steps to the next row; false at the end.</summary>
    public bool Step()
    {
        var code = Native.Step(_native);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            Check(code);
        }

        return false;
    }

    /// <summary>Steps a writing statement and makes it ready for the next row; returns a constraint fault instead of throwing it.</summary>
    /// <returns>Null, or what the destination said against the row.</returns>
    public SqliteException? Write()
    {
        var code = Native.Step(_native);
        SqliteException? refused = null;
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            refused = Fault(code);
        }

        _ = Native.Reset(_native);

        // A fault that ended the transaction took the rows before it along: it is no matter of one row.
        var isWhole = raw.sqlite3_get_autocommit(_database) == 0;
        return refused is null || (isWhole && SqliteFaults.IsRowFault(refused)) ? refused : throw refused;
    }

    /// <summary>Runs an INSERT that has no answer to a taken key: its rows are all in, or none of them and the fault says why.</summary>
    /// <exception cref="SqliteException">Rows were dropped without a fault, by a trigger or a constraint of the database's own.</exception>
    public SqliteException? WriteAll(int rows)
    {
        var fault = Write();
        return fault is not null || Changes == rows ? fault : throw new SqliteException(
            $"the database kept {Changes} of {rows} rows that it took without a fault. A trigger or a constraint of its own drops rows; remove it", raw.SQLITE_ERROR);
    }

    /// <summary>Makes the statement ready to run again.</summary>
    public void Reset() => _ = Native.Reset(_native);

    /// <summary>Sets a parameter.</summary>
    public void Bind(int parameter, long value) => Check(Native.BindInteger(_native, parameter, value));

    /// <summary>Sets a parameter to UTF-8 text, which SQLite copies.</summary>
    public unsafe void BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        // The address of nothing would be NULL to SQLite, and empty text is not.
        byte nothing = 0;
        fixed (byte* text = utf8)
        {
            Check(Native.BindText(_native, parameter, text is null ? &nothing : text, utf8.Length, -1));
        }
    }

    /// <summary>Sets a parameter to UTF-8 text that stays pinned at its place until the statement has run: SQLite need not copy it.</summary>
    public unsafe void BindPinnedText(int parameter, byte* utf8, int bytes) => Check(Native.BindText(_native, parameter, utf8, bytes, 0));

    /// <summary>Sets a parameter to NULL.</summary>
    public void BindNull(int parameter) => Check(Native.BindNull(_native, parameter));

    /// <summary>Sets a parameter to a cell (see <see cref="Cells"/>) or a .NET number, bit, guid or time, as SQLite keeps it.</summary>
    public void Bind(int parameter, object? value)
    {
        switch (value)
        {
            case null:
                BindNull(parameter);
                break;
            case long number:
                Bind(parameter, number);
                break;
            case int number:
                Bind(parameter, (long)number);
                break;
            case short number:
                Bind(parameter, (long)number);
                break;
            case bool bit:
                Bind(parameter, bit ? 1L : 0L);
                break;
            case double number:
                Check(raw.sqlite3_bind_double(_statement, parameter, number));
                break;
            case byte[] { Length: 0 }:
                // The address of nothing would be NULL to SQLite.
                Check(raw.sqlite3_bind_zeroblob(_statement, parameter, 0));
                break;
            case byte[] bytes:
                Check(raw.sqlite3_bind_blob(_statement, parameter, bytes));
                break;
            default:
                BindText(parameter, Encoding.UTF8.GetBytes(Cells.Format(value)));
                break;
        }
    }

    /// <summary>Storage class of a column of the current row, one of <c>raw.SQLITE_INTEGER</c> and so on.</summary>
    public int TypeOf(int column) => Native.ColumnType(_native, column);

    /// <summary>A whole number of the current row.</summary>
    public long Integer(int column) => Native.ColumnInteger(_native, column);

    /// <summary>A text or BLOB of the current row as stored; valid until the next step.</summary>
    public unsafe ReadOnlySpan<byte> Bytes(int column) => new(Native.ColumnBlob(_native, column), Native.ColumnBytes(_native, column));

    /// <summary>A text of the current row as UTF-8, there until the next step; false when what the database holds is no text (M2).</summary>
    public bool TryUtf8(int column, out ReadOnlySpan<byte> utf8)
    {
        utf8 = Bytes(column);
        if (_wide is null)
        {
            return Utf8.IsValid(utf8);
        }

        try
        {
            utf8 = Encoding.UTF8.GetBytes(_wide.GetString(utf8));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Text of the current row; the caller knows that it is text.</summary>
    public string Text(int column) => (string)Cell(column)!;

    /// <summary>A value of the current row as a cell.</summary>
    public object? Cell(int column)
    {
        switch (TypeOf(column))
        {
            case raw.SQLITE_NULL:
                return null;
            case raw.SQLITE_INTEGER:
                return Integer(column);
            case raw.SQLITE_FLOAT:
                return raw.sqlite3_column_double(_statement, column);
            case raw.SQLITE_BLOB:
                return Bytes(column).ToArray();
            default:
                return Decode(Bytes(column));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // SQLite answers a null statement with SQLITE_MISUSE; a freed one it would read.
        _native = 0;
        _statement.Dispose();
    }

    private object Decode(ReadOnlySpan<byte> text)
    {
        if (_wide is null)
        {
            return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : new UnreadableText(text.ToArray());
        }

        try
        {
            return _wide.GetString(text);
        }
        catch (ArgumentException)
        {
            return new UnreadableText(text.ToArray());
        }
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code);
        }
    }

    private SqliteException Fault(int code) =>
        new(raw.sqlite3_errmsg(_database).utf8_to_string(), code & 0xff, raw.sqlite3_extended_errcode(_database));
}
