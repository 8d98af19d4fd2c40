namespace ChatEtl.Chat;

/// <summary>Rejections of messages: the key and the original values, the reason without message text.</summary>
public static class MessageRejections
{
    private static readonly Table Chat = ChatSchema.Persistent["tblChat"];

    /// <summary>Rejects a row of a batch.</summary>
    public static Rejection Of(MessageBatch batch, int row, string rule, string reason) => Of(
        [
            (long)batch.SourceRoom[row], batch.Id[row], batch.Date[row], (long)batch.SourceAuthor[row], batch.Alert[row] ? 1L : 0L,
            WideText.Decode(batch.Content(row)), batch.RtfLength[row] < 0 ? null : WideText.Decode(batch.Rtf(row)),
        ],
        rule,
        reason);

    /// <summary>Rejects a row of cells in the order of the 2013 tblChat.</summary>
    public static Rejection Of(object?[] cells, string rule, string reason) =>
        new(Chat.Name, Cells.Key(Chat, cells), rule, reason, Cells.ToJson(Chat, cells));
}
