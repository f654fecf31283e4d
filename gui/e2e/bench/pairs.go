//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

// row is one line of the table: ours against another's, measured in turns.
type row struct {
	what, other  string
	ours, theirs []time.Duration
	bound        float64 // the largest ratio that is good; 0: only shown
	peers        string  // what others were measured at
}

// ratio is the median of the ratios pair by pair: what slows the machine down
// for a while slows both of a pair.
func (r row) ratio() float64 {
	ratios := make([]float64, len(r.ours))
	for i := range r.ours {
		ratios[i] = r.ours[i].Seconds() / r.theirs[i].Seconds()
	}
	return median(ratios)
}

func (r row) held() bool { return r.bound == 0 || r.ratio() <= r.bound }

func (r row) print() {
	bound := "      "
	if r.bound > 0 {
		bound = fmt.Sprintf("<= %.2f", r.bound)
	}
	fmt.Printf("%-4s %-42s %8.1f ms  %-26s %8.1f ms  ratio %5.2f %s\n", verdict(r.held()), r.what,
		milliseconds(r.ours), r.other, milliseconds(r.theirs), r.ratio(), bound)
	if r.peers != "" {
		fmt.Printf("     %s\n", r.peers)
	}
}

func verdict(held bool) string {
	if held {
		return "ok"
	}
	return "MISS"
}

func milliseconds(all []time.Duration) float64 { return median(all).Seconds() * 1000 }

func median[T ~int64 | ~float64](all []T) T {
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// measure runs ours and theirs in turns, after one round that does not count. Which
// goes first changes from pair to pair.
func (b *bench) measure(r *row, pairs int, ours, theirs func() (time.Duration, error)) error {
	for i := 0; i <= pairs; i++ {
		took, err := r.pair(i%2 == 1, ours, theirs)
		if err != nil {
			return fmt.Errorf("pair %d: %w", i, err)
		}
		if i > 0 {
			r.ours, r.theirs = append(r.ours, took[0]), append(r.theirs, took[1])
		}
	}
	return nil
}

// pair times ours and theirs once each, in this order or swapped.
func (r *row) pair(swapped bool, ours, theirs func() (time.Duration, error)) (took [2]time.Duration, err error) {
	runs, names := [2]func() (time.Duration, error){ours, theirs}, [2]string{r.what, r.other}
	for j := range 2 {
		if swapped {
			j = 1 - j
		}
		if took[j], err = runs[j](); err != nil {
			return took, fmt.Errorf("%s: %w", names[j], err)
		}
	}
	return took, nil
}
