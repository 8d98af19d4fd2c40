using System.Globalization;
using System.Text;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;
using ChatEtl.Reading;
using ChatEtl.Tests.Support;

namespace ChatEtl.Tests.Simulation;

/// <summary>A chat database in memory as a source; every page, batch and number asked of it is a step.</summary>
internal sealed class MemorySource(MemoryDatabase database, Steps steps) : IChatSource
{
    public string Description => "memory";

    public Remedy RemedyFor(Exception exception) => exception is TroubleException made ? made.Remedy : Remedy.None;

    public string Explain(Exception exception) => exception.Message;

    public IReadOnlyList<Finding> Check(CancellationToken cancellationToken) => steps.Step<IReadOnlyList<Finding>>(nameof(Check), () => []);

    public DatabaseShape ReadShape() => steps.Step(nameof(ReadShape), () => database.Shape);

    public long CountRows(string table) => steps.Step(nameof(CountRows), () => database.State.Read(table).Rows.Count);

    public IEnumerable<RowPage> ReadRows(Table table, string after, BatchLimits limits, CancellationToken cancellationToken) =>
        steps.Each($"{nameof(ReadRows)} {table.Name}", () => Pages(table, after, limits));

    public IEnumerable<Segment> ReadExtents(CancellationToken cancellationToken) => steps.Each(nameof(ReadExtents), () =>
        Messages().GroupBy(row => (long)row[0]!).Select(room => new Segment(room.Key, (long)room.First()[1]!, (long)room.Last()[1]!)));

    public long CountMessages(Segment segment) => steps.Step(nameof(CountMessages), () => In(segment).LongCount());

    public IEnumerable<long> ReadChatIds(Segment segment, CancellationToken cancellationToken) =>
        steps.Each(nameof(ReadChatIds), () => In(segment).Select(row => (long)row[1]!));

    public IEnumerable<MessageTime> ReadTimes(Segment segment, CancellationToken cancellationToken) => steps.Each(nameof(ReadTimes), () =>
    {
        var date = database.State.Read("tblChat").Definition.Ordinal("chatDate");
        return In(segment).Where(row => row[date] is long).Select(row => new MessageTime((long)row[1]!, (long)row[date]!));
    });

    public IEnumerable<MessageBatch> ReadMessages(
        IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool, CancellationToken cancellationToken) =>
        steps.Each(nameof(ReadMessages), () => Batches(segments, after, limits, pool));

    public IEnumerable<RowPage> ReadIrregularMessages(string after, BatchLimits limits, CancellationToken cancellationToken) =>
        steps.Each(nameof(ReadIrregularMessages), Enumerable.Empty<RowPage>);

    public void Dispose()
    {
    }

    private IEnumerable<RowPage> Pages(Table table, string after, BatchLimits limits)
    {
        if (!database.Shape.Has(table.Name))
        {
            yield break;
        }

        var stored = database.State.Read(table.Name);
        var columns = table.Columns.Select(column => database.Shape.Has(table.Name, column.Name) ? stored.Definition.Ordinal(column.Name) : -1).ToArray();
        var rows = table.Name == "tblChat" ? stored.Messages : stored.Rows;
        for (var at = after.Length == 0 ? 0 : int.Parse(after, CultureInfo.InvariantCulture); at < rows.Count;)
        {
            var page = rows.Skip(at).Take(limits.Rows).Select(row => columns.Select(column => column < 0 ? null : row[column]).ToArray()).ToList();
            at += page.Count;
            yield return new RowPage(page, at.ToString(CultureInfo.InvariantCulture));
        }
    }

    private IEnumerable<MessageBatch> Batches(IReadOnlyList<Segment> segments, MessageKey? after, BatchLimits limits, MessageBatchPool pool)
    {
        var batch = pool.Rent();
        foreach (var segment in segments.Where(segment => after is not { } key || new MessageKey(segment.Room, segment.UpTo) > key))
        {
            foreach (var row in In(segment).Where(row => after is not { } key || new MessageKey((long)row[0]!, (long)row[1]!) > key))
            {
                Append(batch, row);
                if (batch.Count + batch.Irregular.Count >= limits.Rows || batch.Bytes >= limits.Bytes)
                {
                    batch.To = new MessageKey((long)row[0]!, (long)row[1]!).ToString();
                    yield return batch;
                    batch = pool.Rent();
                }
            }

            batch.To = new MessageKey(segment.Room, segment.UpTo).ToString();
        }

        if (batch.To.Length > 0)
        {
            yield return batch;
        }
    }

    /// <summary>A row of either generation's tblChat: key, date, author, alert, content, and rtf where there is one.</summary>
    private void Append(MessageBatch batch, object?[] row)
    {
        object? Of(string column) => database.State.Read("tblChat").Definition.Ordinal(column) is var at and >= 0 ? row[at] : null;
        batch.Book.Read++;
        if (Of("isAlert") is long and >= 0 and <= 1 and var alert && Of("content") is string content && Of("userId") is long author && Of("chatDate") is long date)
        {
            var text = Encoding.UTF8.GetBytes(content);
            batch.Append((int)(long)row[0]!, (long)row[1]!, date, (int)author, alert == 1, text, default, false);
            batch.Bytes += text.Length;
        }
        else
        {
            batch.Irregular.Add([row[0], row[1], Of("chatDate"), Of("userId"), Of("isAlert"), Of("content"), null]);
        }
    }

    private IReadOnlyList<object?[]> Messages() => database.State.Read("tblChat").Messages;

    private IEnumerable<object?[]> In(Segment segment) =>
        Messages().Where(row => (long)row[0]! == segment.Room && (long)row[1]! >= segment.From && (long)row[1]! <= segment.UpTo);
}
