using System.Collections;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ChatEtl.SqlServer;

/// <summary>The little of a data reader that a bulk copy asks for: forward only, one value at a time.</summary>
[SuppressMessage("Design", "CA1010:Generic interface should also be implemented", Justification = "A data reader enumerates records, not rows of a type of ours.")]
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Named as data readers are.")]
internal abstract class ForwardDataReader : DbDataReader
{
    /// <inheritdoc/>
    public override int Depth => 0;

    /// <inheritdoc/>
    public override bool HasRows => true;

    /// <inheritdoc/>
    public override bool IsClosed => false;

    /// <inheritdoc/>
    public override int RecordsAffected => -1;

    /// <inheritdoc/>
    public override object this[int ordinal] => GetValue(ordinal);

    /// <inheritdoc/>
    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <inheritdoc/>
    public override bool NextResult() => false;

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => GetValue(ordinal) is DBNull;

    /// <inheritdoc/>
    public override int GetValues(object[] values)
    {
        for (var i = 0; i < FieldCount; i++)
        {
            values[i] = GetValue(i);
        }

        return FieldCount;
    }

    /// <inheritdoc/>
    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    /// <inheritdoc/>
    public override Type GetFieldType(int ordinal) => typeof(object);

    /// <inheritdoc/>
    public override string GetName(int ordinal) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int GetOrdinal(string name) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => (bool)GetValue(ordinal);

    /// <inheritdoc/>
    public override byte GetByte(int ordinal) => (byte)GetValue(ordinal);

    /// <inheritdoc/>
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override char GetChar(int ordinal) => (char)GetValue(ordinal);

    /// <inheritdoc/>
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => (DateTime)GetValue(ordinal);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => (decimal)GetValue(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => (double)GetValue(ordinal);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => (float)GetValue(ordinal);

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => (Guid)GetValue(ordinal);

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => (short)GetValue(ordinal);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => (int)GetValue(ordinal);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => (long)GetValue(ordinal);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    /// <inheritdoc/>
    public override IEnumerator GetEnumerator() => new DbEnumerator(this);
}
