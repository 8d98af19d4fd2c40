using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatEtl.Checkpoints;
using ChatEtl.Faults;

namespace ChatEtl.Evidence;

/// <summary>Manifests and proofs as JSON files.</summary>
/// <remarks>
/// The last line but one of a manifest is its digest: SHA-256 of all bytes before that line, so that <c>head -n -2 FILE | sha256sum</c> gives it. It
/// tells damage; who changes the file can work it out anew. That is what a signature or a time stamp by others is for.
/// </remarks>
public static class EvidenceFile
{
    private const string DigestLine = "  \"digest\": \"";
    private const string End = "\"\n}\n";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>A manifest as the text of its file, and the digest in it.</summary>
    public static (string Text, string Digest) Format(EvidenceManifest manifest)
    {
        var before = JsonSerializer.Serialize(manifest, Json)[..^"\n}".Length] + ",\n";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Utf8.GetBytes(before)));
        return (before + DigestLine + digest + End, digest);
    }

    /// <summary>Writes a manifest and syncs it; the file is whole or as it was. A manifest of an earlier state of the same migration is replaced, nothing else is.</summary>
    /// <returns>Its digest.</returns>
    /// <exception cref="EvidenceException">The file is something else, or cannot be written.</exception>
    public static string Write(string path, EvidenceManifest manifest)
    {
        DemandReplaceable(path, manifest.Events);
        var (text, digest) = Format(manifest);
        WriteText(path, text);
        return digest;
    }

    /// <summary>Refuses to replace a file that is no manifest of an earlier state of the same migration: one whose event log is the beginning of this one.</summary>
    /// <exception cref="EvidenceException">It may not be replaced.</exception>
    public static void DemandReplaceable(string path, IReadOnlyList<EventEntry> events)
    {
        if (File.Exists(path) && !IsEarlier(path, events))
        {
            throw new EvidenceException(
                $"{path} is there already and is no manifest of an earlier state of this migration.", "Nothing was written or removed. Move it away, or name another file.");
        }
    }

    /// <summary>Writes a proof.</summary>
    /// <exception cref="EvidenceException">It cannot be written.</exception>
    public static void Write(string path, InclusionProof proof) => WriteText(path, JsonSerializer.Serialize(proof, Json) + "\n");

    /// <summary>Reads a manifest; whether it is what it says of itself is another question (<see cref="EvidenceManifest.Faults"/>).</summary>
    /// <returns>The manifest, its digest, and whether the file has this digest.</returns>
    /// <exception cref="EvidenceException">The file cannot be read, or is no manifest.</exception>
    public static (EvidenceManifest Manifest, string Digest, bool IsWhole) ReadManifest(string path)
    {
        var text = ReadText(path);
        var line = text.LastIndexOf("\n" + DigestLine, StringComparison.Ordinal) + 1;
        var isSealed = line > 0 && text.EndsWith(End, StringComparison.Ordinal) && text.Length == line + DigestLine.Length + (2 * MerkleTree.HashBytes) + End.Length;
        if (!isSealed)
        {
            throw Unreadable(path, "a manifest: it does not end with its digest");
        }

        var digest = text.Substring(line + DigestLine.Length, 2 * MerkleTree.HashBytes);
        var before = text[..line];
        var manifest = Parse<EvidenceManifest>(path, before.TrimEnd('\n').TrimEnd(',') + "\n}", "a manifest");
        return manifest.Format == EvidenceManifest.CurrentFormat && Complete(manifest.Rooms) && Complete(manifest.Events)
            ? (manifest, digest, Convert.ToHexStringLower(SHA256.HashData(Utf8.GetBytes(before))) == digest)
            : throw Unreadable(path, $"a manifest that this version reads (format {EvidenceManifest.CurrentFormat})");
    }

    /// <summary>Reads a proof.</summary>
    /// <exception cref="EvidenceException">The file cannot be read, or is no proof.</exception>
    public static InclusionProof ReadProof(string path)
    {
        var proof = Parse<InclusionProof>(path, ReadText(path), "a proof");
        return proof.Format == InclusionProof.CurrentFormat && Complete(proof.Path) && Complete(proof.RoomPath)
            ? proof
            : throw Unreadable(path, $"a proof that this version reads (format {InclusionProof.CurrentFormat})");
    }

    /// <summary>Whether no null stands in a list, which the reader of JSON lets through.</summary>
    private static bool Complete<T>(IReadOnlyList<T?> list)
        where T : class => !list.Contains(null);

    private static bool IsEarlier(string path, IReadOnlyList<EventEntry> events)
    {
        try
        {
            var earlier = ReadManifest(path).Manifest.Events;
            return earlier.Count > 0 && earlier.SequenceEqual(events.Take(earlier.Count));
        }
        catch (EvidenceException)
        {
            return false;
        }
    }

    private static void WriteText(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var beside = path + ".new";
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write))
            {
                file.Write(Utf8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new EvidenceException($"{path} cannot be written: {exception.Message}", "Mend it, or name another file.");
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return Utf8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw Unreadable(path, $"readable: {exception.Message}");
        }
    }

    private static T Parse<T>(string path, string text, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw Unreadable(path, what);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw Unreadable(path, $"{what}: {exception.Message}");
        }
    }

    private static EvidenceException Unreadable(string path, string what) =>
        new($"{path} is not {what}.", "Nothing was checked. Take the file as it was written; a copy that was edited or re-encoded is another file.");
}
