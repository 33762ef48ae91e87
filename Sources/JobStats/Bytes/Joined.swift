/// Texts one after the other, with something between them.
///
/// The standard library's `joined` does the same by way of collections of characters, of
/// whose types Swift's runtime has to learn first: a tenth of a millisecond of every start.
package func joined(_ texts: [String], _ separator: String) -> String {
  var all = ""
  for index in texts.indices {
    if index > 0 { all += separator }
    all += texts[index]
  }
  return all
}
