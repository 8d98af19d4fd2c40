using System.Globalization;
using ChatEtl.Chat;
using ChatEtl.Checkpoints;
using Microsoft.Data.SqlClient;
using static ChatEtl.SqlServer.SqlServerDatabase;

namespace ChatEtl.SqlServer;

/// <summary>Cuts segments of messages into statements: small ones together, a large one a page at a time, so that a stop leaves little unread.</summary>
internal sealed class MessageQuery
{
    private const int PageRows = 50_000;
    private const int StatementsACommand = 32;
    private readonly SourceTable _chat;
    private readonly LinkedList<Segment> _open = new();

    /// <summary>Takes the segments that are left behind a key.</summary>
    public MessageQuery(SourceTable chat, IReadOnlyList<Segment> segments, MessageKey? after)
    {
        _chat = chat;
        foreach (var segment in segments)
        {
            if (after is { } key && (segment.Room, segment.UpTo).CompareTo((key.Room, key.Id)) <= 0)
            {
                continue;
            }

            _open.AddLast(after is { } inside && inside.Room == segment.Room && inside.Id >= segment.From ? segment with { From = inside.Id + 1 } : segment);
        }
    }

    /// <summary>The condition of a segment; its parameters are @r, @a and @b with its number.</summary>
    public static string Between(SourceTable chat, int number) =>
        $"{Quote(chat.Find("channelID")!.Name)} = @r{number} AND {Quote(chat.Find("chatID")!.Name)} BETWEEN @a{number} AND @b{number}";

    /// <summary>Adds the parameters of <see cref="Between"/>.</summary>
    public static void AddParameters(SqlCommand command, SourceTable chat, int number, Segment segment)
    {
        var n = number.ToString(CultureInfo.InvariantCulture);
        command.Parameters.Add(chat.Find("channelID")!.Parameter("@r" + n, segment.Room));
        command.Parameters.AddWithValue("@a" + n, segment.From);
        command.Parameters.AddWithValue("@b" + n, segment.UpTo);
    }

    /// <summary>The segments of the next command; null when none is left.</summary>
    public IReadOnlyList<Segment>? Next()
    {
        var group = new List<Segment>();
        var span = UInt128.Zero;
        while (_open.First is { } first && group.Count < StatementsACommand)
        {
            span += Span(first.Value);
            if (group.Count > 0 && span > PageRows)
            {
                break;
            }

            group.Add(first.Value);
            _open.RemoveFirst();
        }

        return group.Count == 0 ? null : group;
    }

    /// <summary>One SELECT a segment.</summary>
    public string Sql(IReadOnlyList<Segment> group)
    {
        var id = Quote(_chat.Find("chatID")!.Name);
        var columns = $"{id}, {Column("chatDate", "NULL")}, {Column("userId", "NULL")}, {Column("isAlert", "CAST(0 AS bit)")}, {Column("content", "NULL")}, {Column("rtf", "NULL")}";
        return string.Join('\n', group.Select((segment, i) =>
            $"SELECT TOP ({PageRows}) {columns} FROM {TableName("tblChat")} WHERE {Between(_chat, i)} ORDER BY {id};"));
    }

    /// <summary>Adds the parameters of <see cref="Sql"/>.</summary>
    public void AddParameters(SqlCommand command, IReadOnlyList<Segment> group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            AddParameters(command, _chat, i, group[i]);
        }
    }

    /// <summary>Puts back what a full page left of its segment; false when nothing is left.</summary>
    public bool GoOn(Segment segment, int rows, long last)
    {
        if (rows < PageRows || last >= segment.UpTo)
        {
            return false;
        }

        _open.AddFirst(segment with { From = last + 1 });
        return true;
    }

    private static UInt128 Span(Segment segment) => segment.UpTo < segment.From ? 0 : (UInt128)((Int128)segment.UpTo - segment.From + 1);

    private string Column(string name, string otherwise) => _chat.Find(name) is { } found ? Quote(found.Name) : otherwise;
}
