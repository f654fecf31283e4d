//go:build windows || darwin

package account

// readQuickly: go-keyring asks these systems just once.
func readQuickly(string, string) (string, bool) { return "", false }
