"""Points of the Mandelbrot set."""


def inside(cr, ci, limit):
    zr = zi = 0.0
    for _ in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return False
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return True


def main():
    n = 600
    count = 0
    for y in range(n):
        ci = 2.0 * y / n - 1.0
        for x in range(n):
            cr = 2.0 * x / n - 1.5
            if inside(cr, ci, 200):
                count += 1
    print(count)


main()
