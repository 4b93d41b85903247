"""The program of the course in Python Keras: load MNIST, create, compile, train, evaluate, print."""
import os

os.environ['KERAS_BACKEND'] = 'tensorflow'
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import keras

from data import images, labels


def create_model():
    return keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(128, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])


def main():
    model = create_model()
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    model.fit(images('train'), labels('train'), epochs=10, batch_size=32, verbose=0)
    loss, accuracy = model.evaluate(images('t10k'), labels('t10k'), verbose=0)
    print(f'Loss: {loss:.4f}, Accuracy: {accuracy:.4f}')


if __name__ == '__main__':
    main()
