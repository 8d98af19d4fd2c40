using System.Text;
using ChatEtl.Chat;

namespace ChatEtl.Sqlite;

/// <summary>Writes the messages of a sample, room after room in key order, and the counters that belong to them.</summary>
internal sealed class SampleMessages
{
    private const double GiantShare = 0.3;
    private const int AuthorsOfGiant = 200;

    private readonly SampleWorld _world;
    private readonly SamplePeople _people;
    private readonly PoolFile _pool;
    private readonly SampleTexts _texts = new();
    private readonly byte[] _rtf = new byte[32 * 1024];
    private readonly byte[] _roomGuid = new byte[36];

    public SampleMessages(SampleWorld world, SamplePeople people, PoolFile pool)
    {
        _world = world;
        _people = people;
        _pool = pool;
    }

    /// <summary>Writes exactly as many messages as the options ask for.</summary>
    public void Write()
    {
        var rooms = _world.Rooms.OrderBy(room => room.Id).ToList();
        var giant = Math.Max(0, rooms.FindIndex(room => string.Equals(room.Name, SampleRooms.Giant, StringComparison.Ordinal)));
        var counts = Share(rooms, giant);
        var members = _world.Roles.ToLookup(role => role.Node, role => role.Principal);
        var writers = _people.All.Select(person => person.Id).ToHashSet();
        for (var i = 0; i < rooms.Count; i++)
        {
            // A room's messages depend on nothing but the seed and the room.
            var random = new Random(unchecked((_world.Options.Seed * 7919) ^ (rooms[i].Id * 104729)));
            var authors = members[rooms[i].Id].Where(writers.Contains).Distinct().ToList();
            for (var more = i == giant ? AuthorsOfGiant : 3; more > 0; more--)
            {
                authors.Add(_people.All[random.Next(_people.All.Count)].Id);
            }

            if (i == giant)
            {
                // Those who left or belong to partners have written too.
                var gone = _people.All.Where(person => person.Disabled != 0 || person.Type != PrincipalTypes.User);
                authors.AddRange(gone.Take(50).Select(person => person.Id));
            }

            WriteRoom(rooms[i], counts[i], random, authors, i == giant);
        }
    }

    /// <summary>Three tenths for the largest room; the rest by rank, so that most rooms have few and some have none.</summary>
    private long[] Share(List<Node> rooms, int giant)
    {
        var counts = new long[rooms.Count];
        if (rooms.Count == 1)
        {
            counts[0] = _world.Options.Messages;
            return counts;
        }

        var ranks = Enumerable.Range(0, rooms.Count)
            .Where(i => i != giant && !string.Equals(rooms[i].Name, SampleRooms.Silent, StringComparison.Ordinal)).ToArray();
        _world.Random.Shuffle(ranks);
        var total = ranks.Select((_, rank) => Weight(rank)).Sum();
        var rest = (long)(_world.Options.Messages * (1 - GiantShare));
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            counts[ranks[rank]] = (long)(rest * Weight(rank) / total);
        }

        counts[giant] = _world.Options.Messages - counts.Sum();
        return counts;

        static double Weight(int rank) => Math.Pow(rank + 1.0, -1.2);
    }

    private void WriteRoom(Node room, long count, Random random, List<int> authors, bool withOddTexts)
    {
        room.Guid.TryFormat(_roomGuid, out _);
        var opened = SampleWorld.Start.AddDays(20 + random.Next(200)).Ticks;
        var step = (SampleWorld.End.Ticks - opened) / Math.Max(1, count);
        using var odd = (withOddTexts && _world.Options.OddTexts ? SampleOddTexts.All : []).GetEnumerator();
        var oddLeft = odd.MoveNext();
        var chatId = 0L;
        for (var i = 0L; i < count; i++)
        {
            chatId += random.Next(400) == 0 ? 2 + random.Next(20) : 1;
            var date = opened + (i * step) + random.NextInt64(Math.Max(1, step));
            var share = random.NextDouble();
            var author = authors[(int)(share * share * authors.Count)];
            if (oddLeft)
            {
                _pool.Messages.Write(room.Id, chatId, date, author, odd.Current.IsAlert, Encoding.UTF8.GetBytes(odd.Current.Text));
                oddLeft = odd.MoveNext();
                continue;
            }

            _texts.Make(random, _roomGuid);
            _pool.Messages.Write(room.Id, chatId, date, author, _texts.IsAlert, _texts.Text, RtfOfText(random));
        }

        AddCounter(room, chatId);
    }

    /// <summary>In 2013 one message of ten has a twin in RTF; empty means none.</summary>
    private ReadOnlySpan<byte> RtfOfText(Random random)
    {
        if (_world.IsLegacy || !_texts.IsPlainEnglish || random.Next(8) != 0)
        {
            return default;
        }

        var length = 0;
        Append("{\\rtf1\\ansi\\f0\\pard {\\b "u8);
        Append(_texts.Text);
        Append("}\\par}"u8);
        return _rtf.AsSpan(0, length);

        void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_rtf.AsSpan(length));
            length += bytes.Length;
        }
    }

    /// <summary>tblLastChatId: mostly right, sometimes ahead (a message was removed), stale, twice or missing (T21, M4).</summary>
    private void AddCounter(Node room, long lastChatId)
    {
        if (room.Id % 17 == 3 || (lastChatId == 0 && room.Id % 2 == 0))
        {
            return;
        }

        var value = (room.Id % 13) switch
        {
            5 => lastChatId + 7,
            6 => lastChatId / 2,
            _ => lastChatId,
        };
        _pool.Add("tblLastChatId", ("nodeID", room.Id), ("lastChatID", value));
        if (room.Id % 29 == 9)
        {
            _pool.Add("tblLastChatId", ("nodeID", room.Id), ("lastChatID", value + 3));
        }
    }
}
