using System.Globalization;
using System.Text;
using System.Xml;

namespace ChatEtl.Reporting;

/// <summary>Writes markup that is well-formed HTML and XML at once; every text and every attribute is escaped on its way, so no caller can forget it.</summary>
public sealed class HtmlWriter : IDisposable
{
    private static readonly HashSet<string> Void = new(StringComparer.Ordinal) { "br", "hr", "meta", "input" };

    private readonly XmlWriter _xml;
    private readonly Stack<string> _open = new();

    /// <summary>Creates a writer; the stream stays open when the writer is disposed.</summary>
    public HtmlWriter(Stream output)
    {
        _xml = XmlWriter.Create(output, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            OmitXmlDeclaration = true,
            ConformanceLevel = ConformanceLevel.Fragment,
            NewLineHandling = NewLineHandling.None,
            CloseOutput = false,
        });
    }

    /// <summary>Opens an element; the same number of calls of <see cref="Close"/> must follow.</summary>
    public HtmlWriter Open(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _xml.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
        {
            _xml.WriteAttributeString(attribute, Visible(value));
        }

        _open.Push(name);
        return this;
    }

    /// <summary>Closes the element that was opened last.</summary>
    public HtmlWriter Close()
    {
        if (Void.Contains(_open.Pop()))
        {
            _xml.WriteEndElement();
        }
        else
        {
            // HTML takes <div/> for an open element, so even an empty one gets its end tag.
            _xml.WriteFullEndElement();
        }

        return this;
    }

    /// <summary>Writes text.</summary>
    public HtmlWriter Text(string text)
    {
        _xml.WriteString(Visible(text));
        return this;
    }

    /// <summary>Writes an element that holds nothing but text.</summary>
    public HtmlWriter Element(string name, string text, params ReadOnlySpan<(string Name, string Value)> attributes) =>
        Open(name, attributes).Text(text).Close();

    /// <summary>
    /// A text with everything made visible that would hide or turn its neighbours around: control characters, halves of pairs, and the
    /// marks that change the direction of writing appear as their number, such as <c>\u202E</c>.
    /// </summary>
    public static string Visible(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                shown.Append(text[at]).Append(text[++at]);
            }
            else if (text[at] is not '\n' && IsHidden(text[at]))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:X4}");
            }
            else
            {
                shown.Append(text[at]);
            }
        }

        return shown.ToString();
    }

    /// <summary>Writes everything to the stream.</summary>
    public void Dispose() => _xml.Dispose();

    /// <summary>Writes the text of a script or a style sheet, which HTML reads as it stands.</summary>
    internal void Raw(string text)
    {
        if (text.AsSpan().ContainsAny('<', '&'))
        {
            throw new ArgumentException("Text that HTML reads as it stands must not hold < or &.", nameof(text));
        }

        _xml.WriteRaw(text);
    }

    /// <summary>Writes the line that says the document is HTML.</summary>
    internal void DocumentType() => _xml.WriteRaw("<!DOCTYPE html>\n");

    private static bool IsHidden(char character) =>
        character is '\uFFFE' or '\uFFFF' || char.GetUnicodeCategory(character) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
