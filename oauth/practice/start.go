package practice

// TB is what Start needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start runs a practice service for a test and closes it with the test. It has
// no limits unless an option sets NoLimits to false.
func Start(t TB, options ...func(*Options)) *Server {
	t.Helper()
	o := Options{NoLimits: true}
	for _, option := range options {
		option(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
