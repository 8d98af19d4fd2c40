using ChatEtl.Chat;
using Microsoft.Data.Sqlite;

namespace ChatEtl.Sqlite;

/// <summary>A chat database that is being made: under a temporary name until it is complete, in one transaction.</summary>
/// <remarks>
/// Disposing without <see cref="Complete"/> leaves nothing behind. A process that is killed leaves only the temporary file, named
/// like the final one with <c>.partial</c> behind it, which the next attempt replaces. One maker a file at a time.
/// </remarks>
internal sealed class PoolFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly Generation _generation;
    private readonly ChatSchema _schema;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, RowWriter> _writers = new(StringComparer.OrdinalIgnoreCase);
    private bool _complete;

    private PoolFile(string path, Generation generation)
    {
        _path = path;
        _temporary = $"{path}.partial";
        _generation = generation;
        _schema = ChatSchema.Of(generation);
        DeleteTemporary();
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = _temporary, Pooling = false }.ToString());
    }

    /// <summary>The fast way for messages.</summary>
    public MessageWriter Messages { get; private set; } = null!;

    /// <summary>Rows written so far, by table; tables without rows are listed with 0.</summary>
    public IReadOnlyDictionary<string, long> Rows => _schema.Tables.ToDictionary(
        table => table.Name,
        table => (_writers.GetValueOrDefault(table.Name)?.Rows ?? 0) +
            (string.Equals(table.Name, "tblChat", StringComparison.OrdinalIgnoreCase) ? Messages.Rows : 0),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins a file with all tables of the generation, empty.</summary>
    /// <exception cref="IOException">The file exists and is not empty, or it cannot be created.</exception>
    public static PoolFile Begin(string path, Generation generation, ChatTableShape shape = ChatTableShape.Clustered, bool durable = false)
    {
        SqliteNative.Init();
        var full = Path.GetFullPath(path);
        RefuseExisting(full);
        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new DirectoryNotFoundException($"There is no folder for {full}: make it first.");
        }

        var file = new PoolFile(full, generation);
        try
        {
            file.Open(durable);
            SqliteSchema.Create(file._connection, file._schema, generation, shape);
            file.Messages = new MessageWriter(file._connection.Handle!, file._schema["tblChat"]);
            return file;
        }
        catch (SqliteException e)
        {
            file.Dispose();
            throw new IOException($"{full} cannot be made: {e.Message}", e);
        }
    }

    /// <summary>Whether this generation has the table.</summary>
    public bool Has(string table) => _schema.Find(table) is not null;

    /// <summary>Writes one row; see <see cref="RowWriter.Write"/>.</summary>
    public void Add(string table, params IReadOnlyList<(string Column, object? Value)> cells) => Add([new NewRow(table, cells)]);

    /// <summary>Writes rows.</summary>
    public void Add(IEnumerable<NewRow> rows)
    {
        foreach (var row in rows)
        {
            if (!_writers.TryGetValue(row.Table, out var writer))
            {
                writer = new RowWriter(_connection.Handle!, _schema[row.Table], _generation);
                _writers.Add(row.Table, writer);
            }

            writer.Write(row);
        }
    }

    /// <summary>Commits and moves the file into place; afterwards it is a plain file in SQLite's default journal mode.</summary>
    /// <exception cref="IOException">Someone else made a file of that name meanwhile.</exception>
    public void Complete()
    {
        CloseWriters();
        Execute("COMMIT; PRAGMA journal_mode = DELETE");
        _connection.Dispose();
        RefuseExisting(_path);
        File.Move(_temporary, _path, overwrite: File.Exists(_path));
        _complete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseWriters();
        _connection.Dispose();
        if (!_complete)
        {
            DeleteTemporary();
        }
    }

    private void Open(bool durable)
    {
        _connection.Open();

        // Nobody but us sees the file before it is whole, so a sample needs no journal; a provisioned destination is worth a flush.
        Execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32768; BEGIN");
    }

    private static void RefuseExisting(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder: give the name of a new file.");
        }

        if (new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            throw new IOException($"{path} exists and is not empty: give another name or remove it first.");
        }
    }

    private void CloseWriters()
    {
        Messages?.Dispose();
        foreach (var writer in _writers.Values)
        {
            writer.Dispose();
        }
    }

    private void DeleteTemporary()
    {
        File.Delete(_temporary);
        File.Delete($"{_temporary}-journal");
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
