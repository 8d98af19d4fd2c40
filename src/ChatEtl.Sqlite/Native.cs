using System.Runtime.InteropServices;

namespace ChatEtl.Sqlite;

/// <summary>The calls of SQLite's own interface that are made for every row, without the round trip through a safe handle.</summary>
/// <remarks>
/// They neither block nor call back, so that the runtime need not leave its cooperative mode (<c>SuppressGCTransition</c>); the two that may
/// run long, <see cref="Step"/> and <see cref="Reset"/>, do. The owner of a statement keeps it alive.
/// </remarks>
internal static partial class Native
{
    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static partial int BindInteger(nint statement, int parameter, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static partial int BindNull(nint statement, int parameter);

    /// <summary>Binds UTF-8 that stays where it is until the statement has run (a destructor of 0), or that SQLite copies (-1).</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text"), SuppressGCTransition]
    public static unsafe partial int BindText(nint statement, int parameter, byte* utf8, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    public static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static partial long ColumnInteger(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    public static unsafe partial byte* ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    public static partial int ColumnBytes(nint statement, int column);

    /// <summary>Whether the file of a database was removed, renamed or replaced since it was opened; false where the system does not tell.</summary>
    public static bool HasMoved(nint database)
    {
        // SQLITE_FCNTL_HAS_MOVED (sqlite.org/c3ref/c_fcntl_begin_atomic_write.html)
        const int HasMovedCode = 20;
        var moved = 0;
        return FileControl(database, "main", HasMovedCode, ref moved) == 0 && moved != 0;
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(nint database, string schema, int code, ref int argument);
}
