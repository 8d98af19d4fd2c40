namespace ChatEtl.Planning;

/// <summary>One entity that a plan lists: a row of either database and what becomes of it.</summary>
/// <param name="Table">The table, or empty.</param>
/// <param name="Key">The row's key, or empty when many rows are meant.</param>
/// <param name="Name">What people call it, or empty.</param>
/// <param name="Detail">What becomes of it, for a rename the new name.</param>
/// <param name="Rows">How many rows hang on it, such as messages; null when nobody counts.</param>
public sealed record PlanItem(string Table, string Key, string Name, string Detail, long? Rows = null);

/// <summary>Entities listed under one heading.</summary>
/// <param name="Id">Name of the list in JSON, for example <c>renames</c>.</param>
/// <param name="Title">The heading.</param>
/// <param name="Detail">What <see cref="PlanItem.Detail"/> says, as the heading of its column.</param>
/// <param name="Items">The entities.</param>
public sealed record PlanList(string Id, string Title, string Detail, IReadOnlyList<PlanItem> Items);
