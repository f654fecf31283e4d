package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"egnyte-accounts/oauth/autostart"
	"egnyte-accounts/oauth/settings"
)

// startAtLogin is no field of the settings file: the system itself keeps it.
const startAtLogin = "start_at_login"

// thisComputer is where its value is from.
const thisComputer settings.Source = "this computer"

// loginField is whether the tray starts at login, as a setting among the others.
// Without a program that has a tray there is no value.
func loginField() (settings.Setting, error) {
	login := settings.Setting{Field: settings.Field{Name: startAtLogin, Kind: settings.Switch}}
	on, err := autostart.Enabled()
	switch {
	case errors.Is(err, autostart.ErrNoTray):
		return login, nil
	case err != nil:
		return login, err
	}
	login.Value, login.From, login.Known = strconv.FormatBool(on), thisComputer, true
	return login, nil
}

func setStartAtLogin(text string) error {
	on, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(text)))
	if err != nil {
		return &usageError{fmt.Sprintf("%s: %q is neither true nor false", startAtLogin, text)}
	}
	err = autostart.Set(on)
	if errors.Is(err, autostart.ErrNoTray) {
		return &toldError{text: "There is no egnyte-accounts beside this program whose tray could start.", exit: 1, err: err}
	}
	return err
}
