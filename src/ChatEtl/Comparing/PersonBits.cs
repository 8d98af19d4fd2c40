using System.Numerics;
using System.Runtime.InteropServices;

namespace ChatEtl.Comparing;

/// <summary>A set of people, one bit each, by their number in <see cref="AccessPeople"/>.</summary>
/// <remarks>18 KiB for 150,000 people: cheap enough to hold every right of one room and to compare room by room.</remarks>
internal sealed class PersonBits
{
    private readonly ulong[] _words;

    /// <summary>An empty set with room for so many people.</summary>
    public PersonBits(int people)
    {
        var words = (people + 63) >> 6;
        _words = new ulong[(words + Vector<ulong>.Count - 1) / Vector<ulong>.Count * Vector<ulong>.Count];
    }

    /// <summary>Whether nobody is in it.</summary>
    public bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>How many are in it.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    private Span<Vector<ulong>> Vectors => MemoryMarshal.Cast<ulong, Vector<ulong>>(_words.AsSpan());

    /// <summary>Whether a person is in it.</summary>
    public bool Contains(int person) => (_words[person >> 6] >> (person & 63) & 1) != 0;

    /// <summary>Takes a person in.</summary>
    public void Add(int person) => _words[person >> 6] |= 1UL << (person & 63);

    /// <summary>Takes some people in.</summary>
    public void Add(ReadOnlySpan<int> people)
    {
        foreach (var person in people)
        {
            _words[person >> 6] |= 1UL << (person & 63);
        }
    }

    /// <summary>Leaves everyone out.</summary>
    public void Clear() => _words.AsSpan().Clear();

    /// <summary>Becomes equal to another set.</summary>
    public void CopyFrom(PersonBits other) => other._words.CopyTo(_words.AsSpan());

    /// <summary>Takes in everyone of another set.</summary>
    public void UnionWith(PersonBits other)
    {
        var mine = Vectors;
        var theirs = other.Vectors;
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] |= theirs[i];
        }
    }

    /// <summary>Leaves out everyone of another set.</summary>
    public void ExceptWith(PersonBits other)
    {
        var mine = Vectors;
        var theirs = other.Vectors;
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] &= ~theirs[i];
        }
    }

    /// <summary>Keeps only those of another set.</summary>
    public void IntersectWith(PersonBits other)
    {
        var mine = Vectors;
        var theirs = other.Vectors;
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] &= theirs[i];
        }
    }

    /// <summary>Everyone in it, ascending.</summary>
    public IEnumerable<int> People()
    {
        for (var i = 0; i < _words.Length; i++)
        {
            for (var word = _words[i]; word != 0; word &= word - 1)
            {
                yield return (i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }
    }
}
