#include "symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/// The executable as a file: its dynamic symbols, which dladdr(3) knows, lack most of what
/// is compiled into it.
static const char *executable(size_t *size) {
  static const char *file;
  static size_t length;
  struct stat status;
  int descriptor = file ? -1 : open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
    void *memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (memory != MAP_FAILED) file = memory;
    length = (size_t)status.st_size;
  }
  if (descriptor >= 0) close(descriptor);
  *size = length;
  return file;
}

const char *bench_symbol(uint64_t offset) {
  size_t size;
  const char *file = executable(&size);
  if (!file) return NULL;
  const Elf64_Ehdr *header = (const void *)file;
  const Elf64_Shdr *sections = (const void *)(file + header->e_shoff);
  const char *best = NULL;
  uint64_t best_value = 0;
  for (int i = 0; i < header->e_shnum; i++) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const Elf64_Sym *symbols = (const void *)(file + sections[i].sh_offset);
    const char *names = file + sections[sections[i].sh_link].sh_offset;
    for (uint64_t j = 0; j < sections[i].sh_size / sizeof *symbols; j++) {
      if (ELF64_ST_TYPE(symbols[j].st_info) != STT_FUNC) continue;
      if (symbols[j].st_value > offset || symbols[j].st_value < best_value) continue;
      best_value = symbols[j].st_value;
      best = names + symbols[j].st_name;
    }
  }
  return best;
}
