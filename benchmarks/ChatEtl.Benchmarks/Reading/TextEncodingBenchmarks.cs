using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using ChatEtl.Benchmarks.Pipeline;
using ChatEtl.Chat;

namespace ChatEtl.Benchmarks.Reading;

/// <summary>Do texts travel cheaper as the UTF-8 they are stored in than as strings? From the reader's bytes to the writer's.</summary>
[MemoryDiagnoser]
public class TextEncodingBenchmarks
{
    private const int Messages = 10_000;

    private readonly MessageBatch _batch = new(Messages);
    private readonly string[] _strings = new string[Messages];
    private MessageBatch _stored = null!;
    private byte[] _bytes = [];

    /// <summary>Reads the texts.</summary>
    [GlobalSetup]
    public void Setup()
    {
        using var pool = new PlannedPool(Messages);
        _stored = pool.ReadAll(Messages).Single();
        _bytes = new byte[_stored.TextLength];
    }

    /// <summary>A string a text, encoded again by the writer.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public int Utf16()
    {
        for (var row = 0; row < Messages; row++)
        {
            _strings[row] = Encoding.UTF8.GetString(_stored.Texts(row));
        }

        var length = 0;
        foreach (var text in _strings)
        {
            length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(length));
        }

        return Confirm(_bytes.AsSpan(0, length));
    }

    /// <summary>Bytes checked and copied into a batch, columns included; the writer binds them where they are.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public int Utf8Bytes()
    {
        _batch.Reset(int.MaxValue);
        for (var row = 0; row < Messages; row++)
        {
            var text = _stored.Texts(row);
            if (!Utf8.IsValid(text))
            {
                throw new InvalidOperationException($"Text {row} is not UTF-8.");
            }

            _batch.Append(_stored.Room[row], _stored.Id[row], _stored.Date[row], _stored.Author[row], _stored.Alert[row], text, default, hasRtf: false);
        }

        return Confirm(_batch.Text.AsSpan(0, _batch.TextLength));
    }

    private int Confirm(ReadOnlySpan<byte> texts) =>
        texts.SequenceEqual(_stored.Text.AsSpan(0, _stored.TextLength)) ? texts.Length : throw new InvalidOperationException("The texts have changed.");
}
