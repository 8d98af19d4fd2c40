using System.Data;
using Microsoft.Data.SqlClient;

namespace ChatEtl.SqlServer;

/// <summary>Families of SQL types, as positions tell them apart.</summary>
internal enum ColumnFamily
{
    Integer,
    Float,
    Decimal,
    Guid,
    Time,
    Bytes,
    Text,
}

/// <summary>A column as the server has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its SQL type's name, for example <c>nvarchar</c>.</param>
/// <param name="Nullable">Whether it may be NULL.</param>
internal sealed record SourceColumn(string Name, string Type, bool Nullable)
{
    private static readonly Dictionary<string, (ColumnFamily Family, SqlDbType Type)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bigint"] = (ColumnFamily.Integer, SqlDbType.BigInt),
        ["int"] = (ColumnFamily.Integer, SqlDbType.Int),
        ["smallint"] = (ColumnFamily.Integer, SqlDbType.SmallInt),
        ["tinyint"] = (ColumnFamily.Integer, SqlDbType.TinyInt),
        ["bit"] = (ColumnFamily.Integer, SqlDbType.Bit),
        ["float"] = (ColumnFamily.Float, SqlDbType.Float),
        ["real"] = (ColumnFamily.Float, SqlDbType.Real),
        ["decimal"] = (ColumnFamily.Decimal, SqlDbType.Decimal),
        ["numeric"] = (ColumnFamily.Decimal, SqlDbType.Decimal),
        ["money"] = (ColumnFamily.Decimal, SqlDbType.Money),
        ["smallmoney"] = (ColumnFamily.Decimal, SqlDbType.SmallMoney),
        ["uniqueidentifier"] = (ColumnFamily.Guid, SqlDbType.UniqueIdentifier),
        ["datetime"] = (ColumnFamily.Time, SqlDbType.DateTime),
        ["smalldatetime"] = (ColumnFamily.Time, SqlDbType.SmallDateTime),
        ["datetime2"] = (ColumnFamily.Time, SqlDbType.DateTime2),
        ["date"] = (ColumnFamily.Time, SqlDbType.Date),
        ["binary"] = (ColumnFamily.Bytes, SqlDbType.VarBinary),
        ["varbinary"] = (ColumnFamily.Bytes, SqlDbType.VarBinary),
        ["timestamp"] = (ColumnFamily.Bytes, SqlDbType.VarBinary),
        ["char"] = (ColumnFamily.Text, SqlDbType.VarChar),
        ["varchar"] = (ColumnFamily.Text, SqlDbType.VarChar),
        ["nchar"] = (ColumnFamily.Text, SqlDbType.NVarChar),
        ["nvarchar"] = (ColumnFamily.Text, SqlDbType.NVarChar),
    };

    /// <summary>Its family; text where nothing else is known.</summary>
    public ColumnFamily Family => Known.TryGetValue(Type, out var known) ? known.Family : ColumnFamily.Text;

    /// <summary>Whether keys and orders may use it.</summary>
    public bool Sortable => Known.ContainsKey(Type);

    /// <summary>Whether it holds whole numbers only.</summary>
    public bool IsInteger => Family == ColumnFamily.Integer && Known[Type].Type != SqlDbType.Bit;

    /// <summary>Whether a whole number fits.</summary>
    public bool Holds(long value) => Known[Type].Type switch
    {
        SqlDbType.Int => value is >= int.MinValue and <= int.MaxValue,
        SqlDbType.SmallInt => value is >= short.MinValue and <= short.MaxValue,
        SqlDbType.TinyInt => value is >= byte.MinValue and <= byte.MaxValue,
        _ => true,
    };

    /// <summary>A parameter of the column's own type, so that the column itself is compared and its index is sought.</summary>
    public SqlParameter Parameter(string name, object value) => new(name, Known.TryGetValue(Type, out var known) ? known.Type : SqlDbType.NVarChar) { Value = value };
}
