import Glibc
import JobWrapper

@main
struct Main {
  static func main() { exit(Crunchstat.main()) }
}
