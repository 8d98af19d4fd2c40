using System.IO.Hashing;
using System.Runtime.InteropServices;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using ChatEtl.Configuration;
using ChatEtl.Pipeline;
using ChatEtl.Reading;
using ChatEtl.Transforming;
using ChatEtl.Writing;
using Range = ChatEtl.Checkpoints.Range;
using StreamReader = ChatEtl.Pipeline.StreamReader;

namespace ChatEtl.Planning;

/// <summary>What the books of a pass will be: the pass itself, reading and transforming as it would, and writing nothing.</summary>
/// <remarks>
/// Exact for everything but rows that the destination itself refuses. Where messages are too many to be read, their book is estimated from
/// the survey; the others stay exact.
/// </remarks>
internal sealed class PredictedBooks(
    PassPlan plan, ChatEtlOptions options, IChatSource source, IChatSource reader, ExplainedDestination known, MessageSurvey survey,
    CancellationToken cancellationToken)
{
    private static readonly BatchLimits Page = new(10_000, 4 << 20);
    private readonly MessageBatchPool _pool = new(Page.Bytes, Page.Rows);
    private readonly Dictionary<string, HashSet<UInt128>> _existing = new(StringComparer.OrdinalIgnoreCase);
    private int _placeholders;

    /// <summary>Placeholders that would be made (T20); only known when messages are read.</summary>
    public int Placeholders => _placeholders;

    /// <summary>Predicts the books of the pass that a run would begin or go on with, by table.</summary>
    public IReadOnlyDictionary<string, Book> Predict()
    {
        var books = PassBooks.Of(plan, options.Rules, source);
        foreach (var (table, book) in Counters.Read(source, plan.Shape, plan.Directory, options.Rules, cancellationToken).Books)
        {
            books[table] = book;
        }

        var streams = new StreamReader(source, plan.Shape, plan.Directory, Page, _pool);
        var transforms = PassTransforms.Of(plan, options.Rules, source, reader, (_, _) => -Interlocked.Increment(ref _placeholders), cancellationToken);
        var held = RoomsThatWereThere();
        foreach (var progress in Ranges())
        {
            var book = BookOf(books, Streams.TableOf(progress.Range.Stream));
            book.Add(progress.Checkpoint.Book);
            if (progress.Checkpoint.Done)
            {
                continue;
            }

            if (progress.Range.Segments.Count > 0 && !survey.IsExact)
            {
                EstimatedMessages.Add(book, progress, plan.Directory, survey);
                continue;
            }

            foreach (var batch in streams.Read(progress.Range, progress.Checkpoint.Position, cancellationToken))
            {
                Count(batch, progress.Range, transforms, held, book);
            }
        }

        return books;
    }

    private static Book BookOf(Dictionary<string, Book> books, string table)
    {
        if (!books.TryGetValue(table, out var book))
        {
            books[table] = book = new Book();
        }

        return book;
    }

    private IEnumerable<RangeProgress> Ranges()
    {
        if (plan.Run is { State: RunState.Running })
        {
            return known.ReadRanges();
        }

        var pass = (plan.Run?.Pass ?? 0) + 1;
        return PassRanges.Of(source, reader, known, plan, options, pass, lastPass: false, cancellationToken)
            .Select(range => new RangeProgress(range, new RangeCheckpoint(range.Id, "", false, new Book(), 0, default)));
    }

    private void Count(Batch batch, Range range, PassTransforms transforms, HashSet<int> held, Book book)
    {
        switch (batch)
        {
            case MessageBatch messages:
                transforms.Messages.Apply(messages);
                if (range.Stream == Streams.MissedMessages)
                {
                    // An earlier pass counted what its rules skipped.
                    messages.Book.Read -= messages.Book.Skipped.Values.Sum();
                    messages.Book.Skipped.Clear();
                }

                var met = Met(messages, held);
                book.Add(messages.Book);
                book.Reused += met;
                book.Written += messages.Count - met;
                _pool.Return(messages);
                break;
            case RowBatch { SourceRows.Count: > 0 } rows:
                transforms.Rows[rows.Table.Name].Apply(rows);
                book.Add(rows.Book);
                var keys = Existing(rows.Table);
                foreach (var isNew in rows.Rows.Select(row => keys.Add(KeyOf(rows.Table, row.Cells))))
                {
                    book.Written += isNew ? 1 : 0;
                    book.Reused += isNew ? 0 : 1;
                }

                break;
        }
    }

    /// <summary>Destination rooms that no run of ours made: some of their messages may be there already (B7).</summary>
    private HashSet<int> RoomsThatWereThere() =>
        [.. plan.Directory.Decisions.Nodes.Values.Where(node => !node.IsCategory && node.Origin is Origin.Reused or Origin.Merged).Select(node => node.DestinationId)];

    /// <summary>How many of the messages kept the destination has.</summary>
    private int Met(MessageBatch batch, HashSet<int> held)
    {
        var met = 0;
        for (var first = 0; first < batch.Count;)
        {
            var end = first + 1;
            while (end < batch.Count && batch.Room[end] == batch.Room[first])
            {
                end++;
            }

            if (held.Contains(batch.Room[first]))
            {
                var ids = batch.Id.AsSpan(first, end - first).ToArray();
                var there = reader.ReadChatIds(new Segment(batch.Room[first], ids.Min(), ids.Max()), cancellationToken).ToHashSet();
                met += ids.Count(there.Contains);
            }

            first = end;
        }

        return met;
    }

    private HashSet<UInt128> Existing(Table table)
    {
        if (!_existing.TryGetValue(table.Name, out var keys))
        {
            _existing[table.Name] = keys =
                [.. reader.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows).Select(cells => KeyOf(table, cells))];
        }

        return keys;
    }

    /// <summary>A digest: the keys themselves would be the largest thing a plan holds.</summary>
    private static UInt128 KeyOf(Table table, object?[] cells) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(Cells.Key(table, cells).AsSpan()));
}

/// <summary>The book of a range of messages that are too many to be read.</summary>
internal static class EstimatedMessages
{
    /// <summary>Adds what is left of the range, by the shares that the survey met.</summary>
    public static void Add(Book book, RangeProgress progress, DirectoryPlan plan, MessageSurvey survey)
    {
        MessageKey? after = progress.Checkpoint.Position.Length == 0 ? null : MessageKey.Parse(progress.Checkpoint.Position);
        foreach (var segment in progress.Range.Segments)
        {
            if (after is { } key && new MessageKey(segment.Room, segment.UpTo) <= key)
            {
                continue;
            }

            var from = after is { } inside && inside.Room == segment.Room && inside.Id >= segment.From ? inside.Id + 1 : segment.From;
            var rows = survey.Estimate(segment.Room, (segment with { From = from }).Span);
            var route = segment.Room is >= int.MinValue and <= int.MaxValue ? plan.RouteOf((int)segment.Room) : default;
            book.Read += rows;
            switch (route.Fate)
            {
                case RoomFate.Skipped:
                    book.Skip(route.Rule, rows);
                    break;
                case RoomFate.Unknown:
                    book.Rejected += rows;
                    break;
                default:
                    var (old, unknown) = (Share(rows, survey.ReadTooOld, survey), Share(rows, survey.ReadUnknown, survey));
                    book.Skip("T26", old);
                    book.Rejected += unknown;
                    book.Written += rows - old - unknown;
                    break;
            }
        }
    }

    private static long Share(long rows, long part, MessageSurvey survey) =>
        survey.ReadOfMigrated == 0 ? 0 : (long)(rows * (double)part / survey.ReadOfMigrated);
}
