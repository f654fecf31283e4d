//go:build windows || darwin

package keyring

// quickWay does nothing: go-keyring needs a single call on these systems, and
// can't tell in advance whether that shows a prompt.
type quickWay struct{}

func (quickWay) Ping()                                   {}
func (quickWay) IsOpen() bool                            { return false }
func (quickWay) IsLocked() bool                          { return false }
func (quickWay) SetIfOpen(string, string, string) bool   { return false }
func (quickWay) getIfOpen(string, string) (string, bool) { return "", false }
