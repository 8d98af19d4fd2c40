using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Reading;

/// <summary>A chat database to read from; also how a destination is read back by a comparison.</summary>
/// <remarks>
/// <para>Reads only, never writes. Every method may be called from several threads at once; each enumeration uses a connection of
/// its own, opened at its first step and closed with it. Methods block: drivers are fastest when used synchronously, on threads of their own.</para>
/// <para>Cells are <c>null, long, double, string, Guid, DateTime, byte[]</c> or <see cref="UnreadableText"/>; whole numbers and bits are <c>long</c>.</para>
/// <para>A fault is thrown as the driver threw it; who calls decides with <see cref="RemedyFor"/> whether to try again.</para>
/// </remarks>
public interface IChatSource : IDisposable
{
    /// <summary>Where the data is, for people; never holds a secret.</summary>
    string Description { get; }

    /// <summary>What may help against a driver's fault.</summary>
    Remedy RemedyFor(Exception exception);

    /// <summary>Says in a sentence what a driver's fault means and what to do; never holds a secret.</summary>
    string Explain(Exception exception);

    /// <summary>Looks how the database can be read: whether what it says of itself holds, and what a reader sees of changes made meanwhile.</summary>
    /// <returns>Findings for the plan; an error stops it. May take long and is done once.</returns>
    IReadOnlyList<Finding> Check(CancellationToken cancellationToken);

    /// <summary>Reads which tables and columns there are.</summary>
    DatabaseShape ReadShape();

    /// <summary>Number of rows of a table, whether documented or not.</summary>
    long CountRows(string table);

    /// <summary>Reads a small table from a position on, in an order that does not change.</summary>
    /// <param name="table">Which documented table; a column that the database lacks is NULL in every row.</param>
    /// <param name="after">Position after which to begin, empty for the start.</param>
    /// <param name="limits">When a page closes.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken);

    /// <summary>Lists every whole-numbered channelId of tblChat with its lowest and highest chatId, ascending, from the key index alone.</summary>
    IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken);

    /// <summary>Number of messages in a segment, from the key index alone.</summary>
    long CountMessages(Segment segment);

    /// <summary>Lists the chatIds of a segment, ascending, from the key index alone.</summary>
    IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken);

    /// <summary>Lists number and time of the messages of a segment, ascending by number; who needs a few only asks for no more. Values that are no whole numbers are passed over.</summary>
    IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken);

    /// <summary>Reads messages of whole-numbered keys, segment by segment as given, each in key order; a batch never spans two calls.</summary>
    /// <param name="segments">What to read; ascending when <paramref name="after"/> is given.</param>
    /// <param name="after">Key after which to begin, null for the start.</param>
    /// <param name="limits">When a batch closes.</param>
    /// <param name="pool">Where batches come from; who consumes them returns them.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    /// <returns>Batches with <see cref="Batch.To"/> set to the last key read; the last batch of a segment ends at its upper bound.</returns>
    IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken);

    /// <summary>Reads messages whose key is no whole number, as cells of the 2013 tblChat; a database with typed keys has none.</summary>
    IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken);
}

/// <summary>When a page or batch closes: at a number of rows or of bytes, whichever comes first.</summary>
/// <remarks>Readers look at every row: a run changes the number of rows while it goes on.</remarks>
/// <param name="rows">Rows, at least 1.</param>
/// <param name="bytes">Bytes of text; a single larger row travels alone.</param>
public sealed class BatchLimits(int rows, int bytes)
{
    private int _rows = rows;

    /// <summary>Rows.</summary>
    public int Rows
    {
        get => Volatile.Read(ref _rows);
        internal set => Volatile.Write(ref _rows, value);
    }

    /// <summary>Bytes of text.</summary>
    public int Bytes { get; } = bytes;
}

/// <summary>When a message was posted.</summary>
/// <param name="Id">chatId.</param>
/// <param name="Ticks">chatDate, as found: it need not be a time.</param>
public readonly record struct MessageTime(long Id, long Ticks);

/// <summary>Rows of a small table.</summary>
/// <param name="Rows">Cells in the order of the documented table's columns.</param>
/// <param name="Position">Where to go on after them; only the source can read it.</param>
public sealed record RowPage(IReadOnlyList<object?[]> Rows, string Position);

/// <summary>The tables and columns a database has, names compared without regard to case.</summary>
/// <param name="Tables">Column names by table.</param>
public sealed record DatabaseShape(IReadOnlyDictionary<string, IReadOnlySet<string>> Tables)
{
    /// <summary>Whether a table exists.</summary>
    public bool Has(string table) => Tables.ContainsKey(table);

    /// <summary>Whether a column exists.</summary>
    public bool Has(string table, string column) => Tables.TryGetValue(table, out var columns) && columns.Contains(column);
}
