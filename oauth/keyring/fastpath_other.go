//go:build windows || darwin

package account

// quickWay: go-keyring asks these systems just once.
type quickWay struct{}

func (quickWay) getIfOpen(string, string) (string, bool) { return "", false }
