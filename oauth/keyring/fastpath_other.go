//go:build windows || darwin

package keyring

import "context"

// fastPath does nothing: go-keyring needs a single call on these systems, and
// can't tell in advance whether that shows a prompt.
type fastPath struct{}

func (fastPath) Ping()                                   {}
func (fastPath) IsOpen() bool                            { return false }
func (fastPath) IsLocked() bool                          { return false }
func (fastPath) IsMissing() bool                         { return false }
func (fastPath) Create() error                           { return nil }
func (fastPath) SetIfOpen(string, string, string) bool   { return false }
func (fastPath) getIfOpen(string, string) (string, bool) { return "", false }

// Program returns "": the system itself keeps the keyring.
func Program(context.Context) string { return "" }
