using System.Globalization;
using System.Text;
using ChatEtl.Chat;

namespace ChatEtl.Comparing;

/// <summary>Merges the messages that the rules give with those that the destination holds, by (room, chatId), byte by byte.</summary>
internal sealed class MessageComparison(IReadOnlySet<int> migrated, RoomTallies tallies, OpenRejections rejections, DifferenceLog log, Action<long> onRows)
{
    private const string Chat = "tblChat";
    private static readonly Table ChatTable = ChatSchema.Persistent[Chat];

    private readonly TableComparison _table = log.Of(Chat);
    private readonly Dictionary<int, long> _lost = [];
    private UInt128 _digest;

    /// <summary>Highest chatId that is missing, by room: the counters were raised past it all the same.</summary>
    public IReadOnlyDictionary<int, long> Lost => _lost;

    /// <summary>Sum of the digests of the destination's messages in migrated rooms.</summary>
    public UInt128 Digest => _digest;

    /// <summary>Judges the rejections of a source page; call it for every page.</summary>
    public void OnSourcePage(MessagePage page)
    {
        tallies.Read(page.Rooms);
        foreach (var rejection in page.Batch.Rejections)
        {
            tallies.Refuse(rejection.Key);
            rejections.Judge(Chat, rejection.Key, log);
        }
    }

    /// <summary>Takes the digest and the misfits of a destination page; call it for every page.</summary>
    public void OnDestinationPage(MessagePage page)
    {
        foreach (var rows in page.Rooms)
        {
            _digest = RowDigest.Add(_digest, rows.Digest);
            tallies.Find(rows);
        }

        foreach (var cells in page.Strays)
        {
            log.Extra(Chat, Cells.Key(ChatTable, cells), "The key is no whole number of its type, so no source row can have given the row.");
        }

        onRows(page.Batch.Count);
    }

    /// <summary>Compares everything.</summary>
    public void Run(MessageSide expected, MessageSide found)
    {
        expected.Start();
        found.Start();
        while (expected.Current is { } wanted)
        {
            var order = found.Current is { } there ? Order(wanted, there) : -1;
            if (order < 0)
            {
                Absent(wanted);
                expected.Advance();
            }
            else
            {
                if (order > 0)
                {
                    Extra(found.Current!);
                }
                else
                {
                    Match(expected, found.Current!);
                }

                found.Advance();
            }
        }

        for (; found.Current is { } rest; found.Advance())
        {
            Extra(rest);
        }

        rejections.ReportUnmet(Chat, log);
    }

    private static int Order(MessageCursor left, MessageCursor right) =>
        left.Room != right.Room ? left.Room.CompareTo(right.Room) : left.Id.CompareTo(right.Id);

    /// <summary>Compares all source rows of one key with the destination row of that key: in a merged room there may be several, and one has won.</summary>
    private void Match(MessageSide expected, MessageCursor there)
    {
        var (room, id, isClaimed) = (there.Room, there.Id, false);
        var tally = tallies.Of(room);
        while (expected.Current is { } wanted && wanted.Room == room && wanted.Id == id)
        {
            _table.Expected++;
            tally.Expected++;
            if (AreEqual(wanted, there))
            {
                _table.Equal++;
                tally.Equal++;
                isClaimed = true;
            }
            else if (rejections.Meet(SourceKey(wanted)))
            {
                _table.Rejected++;
                tally.Rejected++;
            }
            else
            {
                tally.Different++;
                Report(wanted, there);
                isClaimed = true;
            }

            expected.Advance();
        }

        if (!isClaimed)
        {
            Extra(there);
        }
    }

    private static bool AreEqual(MessageCursor wanted, MessageCursor there)
    {
        var (left, right) = (wanted.Page.Batch, there.Page.Batch);
        var (l, r) = (wanted.Row, there.Row);
        return left.Date[l] == right.Date[r]
            && left.Author[l] == right.SourceAuthor[r]
            && left.Alert[l] == right.Alert[r]
            && left.RtfLength[l] == right.RtfLength[r]
            && left.Content(l).SequenceEqual(right.Content(r))
            && left.Rtf(l).SequenceEqual(right.Rtf(r))
            && there.Page.Damaged?.ContainsKey(r) != true;
    }

    private void Absent(MessageCursor wanted)
    {
        var tally = tallies.Of(wanted.Room);
        _table.Expected++;
        tally.Expected++;
        if (rejections.Meet(SourceKey(wanted)))
        {
            _table.Rejected++;
            tally.Rejected++;
        }
        else
        {
            tally.Missing++;
            _lost[wanted.Room] = wanted.Id;
            log.Missing(Chat, Key(wanted), "The destination has no such message, and no open rejection names it.");
        }
    }

    private void Extra(MessageCursor there)
    {
        var isOurs = migrated.Contains(there.Room);
        if (isOurs)
        {
            tallies.Of(there.Room).Extra++;
        }

        log.Extra(
            Chat, Invariant($"{there.Room}/{there.Id}"), isOurs ? "No source row gives this message." : "Its channelId is no room of the destination.");
    }

    private void Report(MessageCursor wanted, MessageCursor there)
    {
        var columns = new List<string>();
        var details = new List<string>();
        var (left, right) = (wanted.Page.Batch, there.Page.Batch);
        var (l, r) = (wanted.Row, there.Row);
        if (there.Page.Damaged?.GetValueOrDefault(r) is { } cells)
        {
            Number("chatDate", left.Date[l], cells[2]);
            Number("userId", left.Author[l], cells[3]);
            Number("isAlert", left.Alert[l] ? 1 : 0, cells[4]);
            Cell("content", left.Content(l), true, cells[5]);
            Cell("rtf", left.Rtf(l), left.RtfLength[l] >= 0, cells[6]);
        }
        else
        {
            Number("chatDate", left.Date[l], right.Date[r]);
            Number("userId", left.Author[l], (long)right.SourceAuthor[r]);
            Number("isAlert", left.Alert[l] ? 1 : 0, right.Alert[r] ? 1L : 0L);
            Bytes("content", left.Content(l), true, right.Content(r), true);
            Bytes("rtf", left.Rtf(l), left.RtfLength[l] >= 0, right.Rtf(r), right.RtfLength[r] >= 0);
        }

        log.Different(Chat, Key(wanted), string.Join(", ", columns), string.Join("; ", details) + ".");

        void Add(string column, string detail)
        {
            columns.Add(column);
            details.Add(detail);
        }

        void Number(string column, long want, object? have)
        {
            if (!Cells.TryInteger(have, long.MinValue, long.MaxValue, out var number) || number != want)
            {
                Add(column, Invariant($"{column} is {(have is long or null ? Cells.Format(have) : "of another type")}, expected {want}"));
            }
        }

        void Cell(string column, ReadOnlySpan<byte> want, bool hasWant, object? have)
        {
            if (have is null or string)
            {
                Bytes(column, want, hasWant, have is string text ? WideText.Encode(text) : default, have is not null);
            }
            else
            {
                Add(column, $"{column} is no valid text");
            }
        }

        void Bytes(string column, ReadOnlySpan<byte> want, bool hasWant, ReadOnlySpan<byte> have, bool hasHave)
        {
            if (hasWant != hasHave)
            {
                Add(column, $"{column} is {(hasHave ? "not NULL" : "NULL")}, expected {(hasWant ? "a text" : "NULL")}");
            }
            else if (!want.SequenceEqual(have))
            {
                Add(column, Invariant($"{column} has {have.Length} bytes, expected {want.Length}; the first that differs is number {want.CommonPrefixLength(have) + 1}"));
            }
        }
    }

    private static string SourceKey(MessageCursor wanted) => wanted.Page.Batch.SourceKey(wanted.Row).ToString();

    private static string Key(MessageCursor wanted) => Invariant($"{wanted.Room}/{wanted.Id} (source {SourceKey(wanted)})");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
