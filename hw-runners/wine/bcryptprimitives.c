/*
 * What Wine 8 lacks for Deno, as a DLL beside deno.exe. It exports ProcessPrng, and hides three
 * functions of which Wine has the names but not the placeholders that V8 reserves memory with; V8 has
 * a way for a Windows without them. For tests alone: never ship it.
 */
#include <string.h>
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) {
  while (size > 0) {
    ULONG part = size > 0x10000000 ? 0x10000000 : (ULONG)size;
    if (!SystemFunction036(data, part)) return FALSE;
    data += part;
    size -= part;
  }
  return TRUE;
}

static FARPROC(WINAPI *real_get_proc_address)(HMODULE, LPCSTR);

static FARPROC WINAPI get_proc_address(HMODULE module, LPCSTR name) {
  static const char *const hidden[] = {"VirtualAlloc2", "MapViewOfFile3", "UnmapViewOfFile2"};
  BOOL is_ordinal = (ULONG_PTR)name <= 0xffff;
  for (int i = 0; !is_ordinal && i < 3; i++) {
    if (!strcmp(name, hidden[i])) return NULL;
  }
  return real_get_proc_address(module, name);
}

/* Puts the function above into the slot where the program has its import of GetProcAddress. */
static void hook(BYTE *program) {
  IMAGE_NT_HEADERS64 *headers = (void *)(program + ((IMAGE_DOS_HEADER *)program)->e_lfanew);
  IMAGE_DATA_DIRECTORY *imports =
      &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  IMAGE_IMPORT_DESCRIPTOR *dll = (void *)(program + imports->VirtualAddress);
  for (; dll->Name; dll++) {
    if (_stricmp((char *)program + dll->Name, "kernel32.dll")) continue;
    IMAGE_THUNK_DATA64 *name = (void *)(program + dll->OriginalFirstThunk);
    IMAGE_THUNK_DATA64 *slot = (void *)(program + dll->FirstThunk);
    for (; name->u1.AddressOfData; name++, slot++) {
      if (name->u1.Ordinal & IMAGE_ORDINAL_FLAG64) continue;
      IMAGE_IMPORT_BY_NAME *import = (void *)(program + name->u1.AddressOfData);
      if (strcmp((char *)import->Name, "GetProcAddress")) continue;
      DWORD before;
      VirtualProtect(&slot->u1.Function, sizeof slot->u1.Function, PAGE_READWRITE, &before);
      real_get_proc_address = (void *)slot->u1.Function;
      slot->u1.Function = (ULONGLONG)get_proc_address;
      VirtualProtect(&slot->u1.Function, sizeof slot->u1.Function, before, &before);
    }
  }
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD why, LPVOID reserved) {
  (void)self;
  (void)reserved;
  if (why != DLL_PROCESS_ATTACH) return TRUE;
  real_get_proc_address = GetProcAddress;
  hook((BYTE *)GetModuleHandleW(NULL));
  return TRUE;
}
