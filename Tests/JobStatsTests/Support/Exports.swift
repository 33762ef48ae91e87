// What all tests use, so that none of their files need name it.
@_exported import TestSupport
