using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ChatEtl.Sqlite;

namespace ChatEtl.Tests.Support;

/// <summary>What the disk does at the n-th call and, but for <see cref="Once"/>, at every later one until it is mended.</summary>
internal enum DiskFault
{
    /// <summary>One call fails.</summary>
    Once,

    /// <summary>Nothing is read or written any more: the machine is gone, as far as the file can tell.</summary>
    Gone,

    /// <summary>Nothing can be written any more: the disk is full.</summary>
    Full,
}

/// <summary>Which calls count.</summary>
internal enum DiskCalls
{
    /// <summary>Writes, syncs and truncations: what a statement, a commit or a checkpoint does.</summary>
    Writes,

    /// <summary>Reads.</summary>
    Reads,

    /// <summary>Openings of a file: every connection, and the logs beside it.</summary>
    Opens,
}

/// <summary>A layer between SQLite and the files of one folder (https://sqlite.org/vfs.html), after SQLite's own tests: the n-th call fails.</summary>
/// <remarks>
/// SQLite's default layer does the work; of files in the folder the calls are counted, all other files never notice. One at a time; the
/// tests that use it run in one collection.
/// </remarks>
internal sealed unsafe class FaultyDisk : IDisposable
{
    private const int Ok = 0;
    private const int CannotOpen = 14;
    private const int Full = 13;
    private const int ReadError = 10 | (1 << 8);
    private const int WriteError = 10 | (3 << 8);
    private const int SyncError = 10 | (4 << 8);
    private const int TruncateError = 10 | (6 << 8);

    private static readonly Lock Gate = new();
    private static byte[] _folder = [];
    private static DiskCalls _counted;
    private static DiskFault _fault;
    private static int _at;
    private static int _calls;
    private static Vfs* _system;
    private static Vfs* _layer;

    // SQLite has one table of methods for databases and one for logs; ours are made from them, and reading and writing is the same in both.
    private static readonly Dictionary<nint, nint> Tables = [];
    private static Methods* _systemMethods;

    /// <summary>Watches a folder; no call fails before <see cref="Plan"/>.</summary>
    public FaultyDisk(string folder)
    {
        SqliteNative.Init();
        _folder = Encoding.UTF8.GetBytes(folder + Path.DirectorySeparatorChar);
        Mend();
        if (_layer is null)
        {
            _system = (Vfs*)Find(0);
            _layer = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
            *_layer = *_system;
            _layer->Name = (byte*)Marshal.StringToCoTaskMemUTF8("chatetl-faulty");
            _layer->Open = &Open;
        }

        Check(Register((nint)_layer, 1));
    }

    /// <summary>Calls of the counted kind since the plan.</summary>
    public static int Calls => _calls;

    /// <summary>Whether the fault has happened.</summary>
    public static bool Reached => _calls >= _at;

    /// <summary>Plans a fault and counts from 1 again.</summary>
    public static void Plan(DiskCalls counted, int at, DiskFault fault)
    {
        lock (Gate)
        {
            (_counted, _at, _fault, _calls) = (counted, at, fault, 0);
        }
    }

    /// <summary>No call fails from now on.</summary>
    public static void Mend() => Plan(DiskCalls.Writes, int.MaxValue, DiskFault.Once);

    public void Dispose()
    {
        Mend();
        _folder = [];
        Check(Register((nint)_system, 1));
        Check(Unregister((nint)_layer));
    }

    private static void Check(int code)
    {
        if (code != Ok)
        {
            throw new InvalidOperationException($"SQLite says {code}.");
        }
    }

    /// <summary>Whether this call fails.</summary>
    private static bool Fails(DiskCalls kind)
    {
        lock (Gate)
        {
            var now = kind == _counted ? ++_calls : _calls;
            return _fault switch
            {
                DiskFault.Once => kind == _counted && now == _at,
                DiskFault.Gone => now >= _at,
                _ => kind == DiskCalls.Writes && now >= _at,
            };
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, SqliteFile* file, int flags, int* outFlags)
    {
        // Files of other tests are opened at the same time as this one is disposed.
        var folder = Volatile.Read(ref _folder);
        var ours = name is not null && folder.Length > 0
            && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).StartsWith(folder);
        if (ours && Fails(DiskCalls.Opens))
        {
            file->Methods = null;
            return CannotOpen;
        }

        var code = _system->Open(_system, name, file, flags, outFlags);
        if (ours && code == Ok)
        {
            file->Methods = MethodsOver(file->Methods);
        }

        return code;
    }

    private static Methods* MethodsOver(Methods* system)
    {
        lock (Gate)
        {
            _systemMethods = _systemMethods is null ? system : _systemMethods;
            if ((nint)_systemMethods->Read != (nint)system->Read || (nint)_systemMethods->Write != (nint)system->Write)
            {
                throw new InvalidOperationException("SQLite has another kind of file.");
            }

            if (!Tables.TryGetValue((nint)system, out var made))
            {
                var methods = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
                *methods = *system;
                methods->Read = &Read;
                methods->Write = &Write;
                methods->Truncate = &Truncate;
                methods->Sync = &Sync;
                Tables[(nint)system] = made = (nint)methods;
            }

            return (Methods*)made;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteFile* file, void* bytes, int count, long offset) =>
        Fails(DiskCalls.Reads) ? ReadError : _systemMethods->Read(file, bytes, count, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, void* bytes, int count, long offset) =>
        Fails(DiskCalls.Writes) ? _fault == DiskFault.Full ? Full : WriteError : _systemMethods->Write(file, bytes, count, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long size) =>
        Fails(DiskCalls.Writes) ? TruncateError : _systemMethods->Truncate(file, size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags) =>
        Fails(DiskCalls.Writes) ? SyncError : _systemMethods->Sync(file, flags);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static extern nint Find(nint name);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static extern int Register(nint vfs, int makeDefault);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_unregister")]
    private static extern int Unregister(nint vfs);

    /// <summary>sqlite3_file: what follows the methods is the layer's own.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SqliteFile
    {
        public Methods* Methods;
    }

    /// <summary>sqlite3_vfs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestPath;
        public Vfs* Next;
        public byte* Name;
        public nint Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, SqliteFile*, int, int*, int> Open;
        public fixed long Others[15];
    }

    /// <summary>sqlite3_io_methods.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public nint Close;
        public delegate* unmanaged[Cdecl]<SqliteFile*, void*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<SqliteFile*, void*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<SqliteFile*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Sync;
        public fixed long Others[13];
    }
}
