using System.IO.Compression;

namespace ChatEtl.Sqlite;

/// <summary>Reads the lines of a gzip'd text file as bytes, one at a time, in memory as large as the longest line.</summary>
internal sealed class JsonLines : IDisposable
{
    private readonly GZipStream _stream;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _atEnd;

    public JsonLines(string path) => _stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);

    /// <summary>Number of the line read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Moves to the next line that is not empty; the span is valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found < 0 && !_atEnd)
            {
                Fill();
                continue;
            }

            var length = found < 0 ? _end - _start : found;
            line = _buffer.AsSpan(_start, length);
            _start += found < 0 ? length : length + 1;
            Number++;
            if (length > 0 || found < 0)
            {
                return length > 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _atEnd = read == 0;
    }
}
